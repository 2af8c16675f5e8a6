// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Blacklist} from "../../contracts/Blacklist.sol";
import {Consignments} from "../../contracts/Consignments.sol";
import {InfringementCases} from "../../contracts/InfringementCases.sol";
import {ParcelLedger} from "../../contracts/ParcelLedger.sol";
import {ParticipantRegistry} from "../../contracts/ParticipantRegistry.sol";
import {RightsRegistry} from "../../contracts/RightsRegistry.sol";
import {WorkingCalendar} from "../../contracts/WorkingCalendar.sol";
import {Role} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {vm} from "./Vm.sol";

/// @notice The contracts with everybody registered, and a source of choices.
/// @dev The inheriting handler is the registry's owner.
abstract contract Cast {
    struct Actor {
        address account;
        uint32 no;
        uint32 roles;
        uint16 district;
    }

    uint16 internal constant PUDONG = 2233;
    uint16 internal constant SUZHOU = 2303;

    ParticipantRegistry public immutable registry;
    Blacklist public immutable blacklist;
    ParcelLedger public immutable ledger;
    WorkingCalendar public immutable calendar;
    RightsRegistry public immutable rights;
    InfringementCases public immutable cases;
    Consignments public immutable consignments;

    /// @dev The last one acts for nobody.
    Actor[] internal actors;
    uint32 internal immutable seller;
    uint32 internal immutable otherSeller;
    mapping(uint32 participantNo => bool) internal suspended;

    uint256 private _entropy;

    constructor() {
        registry = new ParticipantRegistry(address(this));
        blacklist = new Blacklist(registry);
        ledger = new ParcelLedger(blacklist);
        calendar = new WorkingCalendar(registry);
        rights = new RightsRegistry(calendar);
        cases = new InfringementCases(ledger, rights);
        consignments = new Consignments(ledger);
        // Handlers that are about hearings open them.
        blacklist.setHearingWindow(0);
        _hire(Role.Platform, 0);
        _hire(Role.Payment, 0);
        _hire(Role.Logistics, 0);
        _hire(Role.Declarant, 0);
        _hire(Role.Declarant, 0);
        _hire(Role.SiteOperator, 0);
        _hire(Role.Customs, PUDONG);
        _hire(Role.Customs, SUZHOU);
        _hire(Role.MarketRegulator, 0);
        _hire(Role.RightsHolder, 0);
        _hire(Role.AppealBody, 0);
        _hire(Role.TaxAuthority, 0);
        // An account beside the case contract, for the ledger's rows alone.
        _hire(Role.CaseRegister, 0);
        _hire(Role.ForeignExchangeAuthority, 0);
        registry.register(keccak256("cases"), _bit(Role.CaseRegister), 0, address(cases));
        registry.register(keccak256("consignments"), _bit(Role.Carriage), 0, address(consignments));
        seller = registry.register(keccak256("seller"), _bit(Role.Seller), 0, address(0));
        otherSeller = registry.register(keccak256("other seller"), _bit(Role.Seller), 0, address(0));
        actors.push(Actor(address(0xDEAD), 0, 0, 0));
    }

    function _hire(Role role, uint16 district) private {
        address account = address(uint160(0x1000 + actors.length));
        uint32 no = registry.register(keccak256(abi.encode(account)), _bit(role), district, account);
        actors.push(Actor(account, no, _bit(role), district));
    }

    function _bit(Role role) internal pure returns (uint32) {
        return uint32(1 << uint256(role));
    }

    function _has(Actor memory actor, Role role) internal pure returns (bool) {
        return actor.roles & _bit(role) != 0;
    }

    function _maySpeak(Actor memory actor) internal view returns (bool) {
        return actor.no != 0 && !suspended[actor.no];
    }

    /// @dev A call by an actor; whether it went through and what it answered or reverted with.
    function _by(Actor memory actor, address target, bytes memory data)
        internal
        returns (bool, bytes memory)
    {
        vm.prank(actor.account);
        return target.call(data);
    }

    function _selectorOf(bytes memory revertData) internal pure returns (bytes4) {
        return bytes4(revertData);
    }

    function _seed(uint256 seed) internal {
        _entropy = seed;
    }

    /// @dev One of 0 to `count` less one, different at each call, decided by the seed.
    function _draw(uint256 count) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy % count;
    }

    function _oneIn(uint256 count) internal returns (bool) {
        return _draw(count) == 0;
    }

    function _anyActor() internal returns (Actor memory) {
        return actors[_draw(actors.length)];
    }

    function _suspendOrReinstate(uint256 seed) internal {
        _seed(seed);
        Actor memory actor = actors[_draw(actors.length - 1)];
        if (suspended[actor.no]) registry.reinstate(actor.no);
        else registry.suspend(actor.no);
        suspended[actor.no] = !suspended[actor.no];
    }
}
