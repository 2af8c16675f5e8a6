// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What an organisation may do. The number is the role's bit in a role set.
enum Role {
    Platform,
    Payment,
    Logistics,
    Declarant,
    SiteOperator,
    Customs,
    MarketRegulator,
    RightsHolder,
    Seller,
    AppealBody,
    TaxAuthority,
    ForeignExchangeAuthority,
    CaseRegister,
    Carriage
}

/// @notice The five enterprise credit grades in force since 2026-04-01 (GACC order 282).
enum CreditGrade {
    Regular,
    Certified,
    AdvancedCertified,
    Dishonest,
    SeriouslyDishonest
}

/// @title Participants, their accounts and what they may do
/// @notice The only source of authority: every other contract asks here who speaks. A participant is one legal
/// entity and keeps its number for ever; accounts are keys that act for it and come and go.
/// @dev Warning: the owner registers authorities and is trusted to register the right ones. It is one account in an
/// embedded installation and a multi-signature wallet or a timelock in production; ownership moves in two steps.
interface IParticipantRegistry {
    /// @notice A registered organisation, in one slot.
    /// @param roles Role set, bit n is the role with number n.
    /// @param district Customs district code, four digits; zero where there is none.
    /// @param creditGrade Set by customs.
    /// @param suspended Whether its accounts are refused everywhere.
    /// @param registeredAt Unix seconds; zero means that there is no such participant.
    /// @param registrarNo Who registered it; zero is the owner.
    /// @param accounts How many keys act for it.
    struct Participant {
        uint32 roles;
        uint16 district;
        CreditGrade creditGrade;
        bool suspended;
        uint48 registeredAt;
        uint32 registrarNo;
        uint16 accounts;
    }

    /// @notice Emitted when an organisation gets its number.
    /// @param registrarNo Who registered it; zero is the owner.
    event ParticipantRegistered(
        uint32 indexed participantNo,
        bytes32 indexed legalIdentity,
        uint32 roles,
        uint16 district,
        uint32 indexed registrarNo
    );
    /// @notice Emitted when the owner changes what a participant may do.
    event RolesChanged(uint32 indexed participantNo, uint32 roles, uint16 district);
    /// @notice Emitted when a key begins to act for a participant.
    event AccountAdded(uint32 indexed participantNo, address indexed account);
    /// @notice Emitted when a key ceases to act for a participant.
    event AccountRevoked(uint32 indexed participantNo, address indexed account);
    /// @notice Emitted when customs grade a participant.
    event CreditGraded(uint32 indexed participantNo, CreditGrade creditGrade, uint32 indexed authorityNo);
    /// @notice Emitted when the owner suspends a participant.
    event Suspended(uint32 indexed participantNo);
    /// @notice Emitted when the owner ends a suspension.
    event Reinstated(uint32 indexed participantNo);

    /// @notice Thrown when a caller's account acts for nobody.
    error AccountUnknown(address account);
    /// @notice Thrown when an account that acts for a participant already is added again.
    error AccountTaken(address account, uint32 participantNo);
    /// @notice Thrown when an account is revoked that does not act for that participant.
    error AccountNotOfParticipant(address account, uint32 participantNo);
    /// @notice Thrown when a legal entity is registered a second time, under whatever name or platform.
    error LegalIdentityTaken(bytes32 legalIdentity, uint32 participantNo);
    /// @notice Thrown when a registration names no legal identity.
    error LegalIdentityMissing();
    /// @notice Thrown when a number stands for no participant.
    error ParticipantUnknown(uint32 participantNo);
    /// @notice Thrown when a suspended participant acts.
    error ParticipantSuspended(uint32 participantNo);
    /// @notice Thrown when somebody other than the owner registers more than sellers.
    error RegistrationNotAllowed(uint32 participantNo, uint32 roles);
    /// @notice Thrown when a role set is empty or unknown, or customs lack a district.
    error RolesInvalid(uint32 roles, uint16 district);
    /// @notice Thrown when the caller lacks the role that a call needs.
    error RoleMissing(uint32 participantNo, Role role);

    /// @notice Gives an organisation its number and its first account.
    /// @dev Owner: any roles. Platforms and customs: the role set {Seller} only, without district or account.
    /// @param legalIdentity Keyed hash of its registration number; one legal entity registers once.
    /// @param account Its first key; zero where it needs none (sellers).
    function register(bytes32 legalIdentity, uint32 roles, uint16 district, address account)
        external
        returns (uint32 participantNo);

    /// @notice Changes a participant's roles and district. Owner only.
    function setRoles(uint32 participantNo, uint32 roles, uint16 district) external;

    /// @notice Lets another key act for a participant. The owner, or an account of the participant itself.
    function addAccount(uint32 participantNo, address account) external;

    /// @notice Ends a key's acting from this transaction on; what it recorded stays. The owner, or an account of the
    /// participant itself.
    function revokeAccount(uint32 participantNo, address account) external;

    /// @notice Sets a credit grade. Customs only.
    function setCreditGrade(uint32 participantNo, CreditGrade creditGrade) external;

    /// @notice Refuses all accounts of a participant until reinstated. Owner only.
    function suspend(uint32 participantNo) external;

    /// @notice Ends a suspension. Owner only.
    function reinstate(uint32 participantNo) external;

    /// @notice For whom an account acts, with what roles and in what district.
    /// @dev Reverts with AccountUnknown or ParticipantSuspended.
    function authorityOf(address account)
        external
        view
        returns (uint32 participantNo, uint32 roles, uint16 district);

    /// @notice A participant's standing. Reverts with ParticipantUnknown.
    function participant(uint32 participantNo) external view returns (Participant memory);

    /// @notice Whether a number stands for a seller that is registered and not suspended.
    function isActiveSeller(uint32 participantNo) external view returns (bool);

    /// @notice Whether an account may be heard for a participant, and whose account it is.
    /// @dev A participant's own keys speak for it. While it has none, its registrar does; `speakerNo` zero is the owner,
    /// for whom it registered itself. Reverts with AccountUnknown or ParticipantSuspended for any other account that acts
    /// for nobody, or for a suspended participant.
    function speaksFor(address account, uint32 participantNo)
        external
        view
        returns (bool speaks, uint32 speakerNo);

    /// @notice The participant that a legal entity is registered as, or zero.
    function participantOf(bytes32 legalIdentity) external view returns (uint32 participantNo);

    /// @notice How many participants there are; they are numbered from one.
    function participantCount() external view returns (uint32);
}
