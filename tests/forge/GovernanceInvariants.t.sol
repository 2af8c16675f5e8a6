// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBlacklist, Level} from "../../contracts/interfaces/IBlacklist.sol";
import {IParticipantRegistry} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {GovernanceHandler} from "./GovernanceHandler.sol";
import {RegistryHandler} from "./RegistryHandler.sol";
import {FuzzSelector} from "./Vm.sol";

/// @notice The laws of the registry and the blacklist, all asked after every random call.
/// @dev One function, because forge makes a campaign of its own for each.
contract GovernanceInvariants {
    GovernanceHandler private _handler;
    bytes4[] private _selectors;

    function setUp() external {
        _handler = new GovernanceHandler();
        // Listings come in force by impose and confirm: these are called more often.
        _selectors = [
            RegistryHandler.register.selector,
            RegistryHandler.addAccount.selector,
            RegistryHandler.revokeAccount.selector,
            RegistryHandler.suspendOrReinstate.selector,
            RegistryHandler.seizePower.selector,
            GovernanceHandler.impose.selector,
            GovernanceHandler.impose.selector,
            GovernanceHandler.confirm.selector,
            GovernanceHandler.confirm.selector,
            GovernanceHandler.confirm.selector,
            GovernanceHandler.lift.selector,
            GovernanceHandler.appealOrAskRepair.selector,
            GovernanceHandler.appealOrAskRepair.selector,
            GovernanceHandler.decide.selector,
            GovernanceHandler.setHearing.selector,
            GovernanceHandler.setConfirmations.selector,
            RegistryHandler.passTime.selector
        ];
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), _selectors);
    }

    /// forge-config: fuzz.invariant.runs = 1000
    function invariant_governanceKeepsItsLaws() external view {
        IParticipantRegistry registry = _handler.registry();
        require(registry.participantCount() == _handler.participants(), "participants are counted");
        require(_handler.registry().owner() == address(_handler), "the owner is the owner");
        _checkAccounts(registry);
        _checkStanding(_handler.blacklist());
        _checkListings(_handler.blacklist());
    }

    function _checkAccounts(IParticipantRegistry registry) private view {
        for (uint256 n; n < _handler.accountCount(); ++n) {
            address account = _handler.accounts(n);
            uint32 participantNo = _handler.speaksFor(account);
            bool speaks = participantNo != 0 && !_handler.isSuspended(participantNo);
            try registry.authorityOf(account) returns (uint32 found, uint32 roles, uint16) {
                require(speaks && found == participantNo, "an account acts for its participant alone");
                require(roles == registry.participant(participantNo).roles, "with that participant's roles");
            } catch {
                require(!speaks, "an account that may act is heard");
            }
        }
        for (uint256 n; n < 4; ++n) {
            bytes32 identity = keccak256(abi.encode("new", n));
            require(
                registry.participantOf(identity) == _handler.identities(identity),
                "one legal entity, one number"
            );
        }
    }

    function _checkStanding(IBlacklist blacklist) private view {
        uint32 seller = _handler.subject();
        for (uint256 n; n < 3; ++n) {
            Level level = Level(n);
            uint256 longest = _handler.longestInForce(seller, level);
            require(blacklist.inForceUntil(seller, level) == longest, "the longest in force counts");
            require(_handler.countInForce(seller, level) <= 16, "so many are in force and no more");
            uint8 needed = blacklist.confirmationsOf(level);
            require(needed == _handler.neededFor(level), "confirmations are what the owner set");
            require(needed > 0 && needed <= 7, "no level goes unconfirmed");
        }
        bool barred = _handler.longestInForce(seller, Level.Barred) != 0;
        require(blacklist.isBarred(seller) == barred, "barred while a listing is in force");
    }

    function _checkListings(IBlacklist blacklist) private view {
        uint256 count = _handler.listingCount();
        require(blacklist.listingCount() == count, "listings are counted");
        if (count == 0) return;
        uint256 listingId = 1 + uint256(keccak256(abi.encode(block.timestamp, count))) % count;
        IBlacklist.Listing memory listing = blacklist.listing(listingId);
        GovernanceHandler.Kept memory kept = _handler.keptListing(listingId);
        require(listing.imposedBy == kept.imposedBy, "who imposed it stands");
        require(listing.confirmations == kept.confirmations, "confirmations are counted");
        require((listing.inForceAt != 0) == kept.inForce, "in force when confirmed enough");
        require((listing.liftedAt != 0) == kept.lifted, "a lift stands");
        require(listing.inForceAt == 0 || listing.confirmations > 0, "never by one authority alone");
        require(
            !kept.inForce || listing.confirmations >= kept.neededThen, "no listing without its confirmations"
        );
        require(listing.hearingUntil == kept.hearingUntil, "a hearing that began stands");
        require(
            listing.inForceAt == 0 || listing.inForceAt >= listing.hearingUntil,
            "heard before it takes effect"
        );
        require((listing.appealedAt != 0) == kept.appealed, "an appeal stands");
        require((listing.repairAskedAt != 0) == kept.repairAsked, "repair is asked for until decided");
        require(listing.until <= listing.imposedAt + blacklist.longestTerm(), "no longer than the law allows");
        require(listing.participantNo != listing.imposedBy, "nobody lists itself");
    }
}
