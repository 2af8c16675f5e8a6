// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {CreditGrade, IParticipantRegistry, Role} from "./interfaces/IParticipantRegistry.sol";

/// @title Participants, their accounts and what they may do
/// @dev The specification is IParticipantRegistry.
contract ParticipantRegistry is IParticipantRegistry, Ownable2Step {
    uint32 private constant ALL_ROLES = uint32((1 << (uint256(type(Role).max) + 1)) - 1);
    uint32 private constant SELLER_ONLY = uint32(1 << uint256(Role.Seller));

    uint32 private _count;
    mapping(uint32 participantNo => Participant) private _participants;
    mapping(address account => uint32 participantNo) private _participantNos;
    mapping(bytes32 legalIdentity => uint32 participantNo) private _identities;

    constructor(address owner_) Ownable(owner_) {}

    // ------------------------------------------------------------------------------------------------------------
    // Participants

    /// @inheritdoc IParticipantRegistry
    function register(bytes32 legalIdentity, uint32 roles, uint16 district, address account)
        external
        returns (uint32 participantNo)
    {
        uint32 registrarNo = _checkRegistrar(roles, district, account);
        _checkRoles(roles, district);
        require(legalIdentity != 0, LegalIdentityMissing());
        uint32 taken = _identities[legalIdentity];
        require(taken == 0, LegalIdentityTaken(legalIdentity, taken));

        participantNo = ++_count;
        _identities[legalIdentity] = participantNo;
        _participants[participantNo] = Participant({
            roles: roles,
            district: district,
            creditGrade: CreditGrade.Regular,
            suspended: false,
            registeredAt: uint48(block.timestamp),
            registrarNo: registrarNo,
            accounts: 0
        });

        emit ParticipantRegistered(participantNo, legalIdentity, roles, district, registrarNo);
        if (account != address(0)) _addAccount(participantNo, account);
    }

    /// @inheritdoc IParticipantRegistry
    function setRoles(uint32 participantNo, uint32 roles, uint16 district) external onlyOwner {
        Participant storage subject = _known(participantNo);
        _checkRoles(roles, district);

        subject.roles = roles;
        subject.district = district;

        emit RolesChanged(participantNo, roles, district);
    }

    /// @inheritdoc IParticipantRegistry
    function setCreditGrade(uint32 participantNo, CreditGrade creditGrade) external {
        (uint32 authorityNo, uint32 roles,) = authorityOf(msg.sender);
        require(_holds(roles, Role.Customs), RoleMissing(authorityNo, Role.Customs));
        Participant storage subject = _known(participantNo);

        subject.creditGrade = creditGrade;

        emit CreditGraded(participantNo, creditGrade, authorityNo);
    }

    /// @inheritdoc IParticipantRegistry
    function suspend(uint32 participantNo) external onlyOwner {
        Participant storage subject = _known(participantNo);

        subject.suspended = true;

        emit Suspended(participantNo);
    }

    /// @inheritdoc IParticipantRegistry
    function reinstate(uint32 participantNo) external onlyOwner {
        Participant storage subject = _known(participantNo);

        subject.suspended = false;

        emit Reinstated(participantNo);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Accounts

    /// @inheritdoc IParticipantRegistry
    function addAccount(uint32 participantNo, address account) external {
        _checkSpeaksFor(participantNo);
        _known(participantNo);

        _addAccount(participantNo, account);
    }

    /// @inheritdoc IParticipantRegistry
    function revokeAccount(uint32 participantNo, address account) external {
        _checkSpeaksFor(participantNo);
        _known(participantNo);
        require(_participantNos[account] == participantNo, AccountNotOfParticipant(account, participantNo));

        delete _participantNos[account];
        --_participants[participantNo].accounts;

        emit AccountRevoked(participantNo, account);
    }

    /// @dev An owner that walks away would leave nobody to register or suspend an authority.
    function renounceOwnership() public view override onlyOwner {
        revert OwnableInvalidOwner(address(0));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IParticipantRegistry
    function authorityOf(address account)
        public
        view
        returns (uint32 participantNo, uint32 roles, uint16 district)
    {
        participantNo = _participantNos[account];
        require(participantNo != 0, AccountUnknown(account));
        Participant storage subject = _participants[participantNo];
        require(!subject.suspended, ParticipantSuspended(participantNo));
        return (participantNo, subject.roles, subject.district);
    }

    /// @inheritdoc IParticipantRegistry
    function participant(uint32 participantNo) external view returns (Participant memory) {
        return _known(participantNo);
    }

    /// @inheritdoc IParticipantRegistry
    function isActiveSeller(uint32 participantNo) external view returns (bool) {
        Participant storage subject = _participants[participantNo];
        return _holds(subject.roles, Role.Seller) && !subject.suspended;
    }

    /// @inheritdoc IParticipantRegistry
    function speaksFor(address account, uint32 participantNo)
        external
        view
        returns (bool speaks, uint32 speakerNo)
    {
        Participant storage subject = _known(participantNo);
        bool isMute = subject.accounts == 0;
        if (account == owner() && isMute && subject.registrarNo == 0) return (true, 0);
        (speakerNo,,) = authorityOf(account);
        speaks = speakerNo == participantNo || (isMute && speakerNo == subject.registrarNo);
    }

    /// @inheritdoc IParticipantRegistry
    function participantOf(bytes32 legalIdentity) external view returns (uint32 participantNo) {
        return _identities[legalIdentity];
    }

    /// @inheritdoc IParticipantRegistry
    function participantCount() external view returns (uint32) {
        return _count;
    }

    // ------------------------------------------------------------------------------------------------------------
    // Checks

    /// @dev Who registers: zero for the owner, else a platform or customs, who may bring in bare sellers only.
    function _checkRegistrar(uint32 roles, uint16 district, address account)
        private
        view
        returns (uint32 registrarNo)
    {
        if (msg.sender == owner()) return 0;
        uint32 own;
        (registrarNo, own,) = authorityOf(msg.sender);
        require(
            (_holds(own, Role.Platform) || _holds(own, Role.Customs)) && roles == SELLER_ONLY && district == 0
                && account == address(0),
            RegistrationNotAllowed(registrarNo, roles)
        );
    }

    function _checkRoles(uint32 roles, uint16 district) private pure {
        bool known = roles != 0 && roles <= ALL_ROLES;
        require(known && (!_holds(roles, Role.Customs) || district != 0), RolesInvalid(roles, district));
    }

    function _checkSpeaksFor(uint32 participantNo) private view {
        if (msg.sender == owner()) return;
        (uint32 ownNo,,) = authorityOf(msg.sender);
        require(ownNo == participantNo, AccountNotOfParticipant(msg.sender, participantNo));
    }

    function _known(uint32 participantNo) private view returns (Participant storage subject) {
        subject = _participants[participantNo];
        require(subject.registeredAt != 0, ParticipantUnknown(participantNo));
    }

    function _holds(uint32 roles, Role role) private pure returns (bool) {
        return (roles >> uint8(role)) & 1 != 0;
    }

    /// @dev The zero address is what nodes put for a caller that names none, so it never acts for anybody.
    function _addAccount(uint32 participantNo, address account) private {
        require(account != address(0), AccountUnknown(account));
        uint32 taken = _participantNos[account];
        require(taken == 0, AccountTaken(account, taken));

        _participantNos[account] = participantNo;
        ++_participants[participantNo].accounts;

        emit AccountAdded(participantNo, account);
    }
}
