// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CaseState, Disposal, IInfringementCases, Outcome, Route} from "./interfaces/IInfringementCases.sol";
import {Direction, IParcelLedger, Step} from "./interfaces/IParcelLedger.sol";
import {IParticipantRegistry, Role} from "./interfaces/IParticipantRegistry.sol";
import {IRightsRegistry, RightKind} from "./interfaces/IRightsRegistry.sol";
import {IWorkingCalendar} from "./interfaces/IWorkingCalendar.sol";

/// @title Infringement cases and their clocks
/// @dev The specification is IInfringementCases.
contract InfringementCases is IInfringementCases {
    uint16 private constant ANSWER_DAYS = 3;
    uint16 private constant FINDING_DAYS = 30;
    uint16 private constant COURT_DAYS_EX_OFFICIO = 50;
    uint16 private constant COURT_DAYS_ON_APPLICATION = 20;
    uint96 private constant YUAN = 100;

    /// @inheritdoc IInfringementCases
    uint48 public constant appealWindow = 60 days;
    /// @inheritdoc IInfringementCases
    uint48 public constant appealTerm = 90 days;
    /// @inheritdoc IInfringementCases
    IParcelLedger public immutable ledger;
    /// @inheritdoc IInfringementCases
    IRightsRegistry public immutable rights;
    /// @inheritdoc IInfringementCases
    IWorkingCalendar public immutable calendar;
    /// @inheritdoc IInfringementCases
    IParticipantRegistry public immutable registry;

    /// @inheritdoc IInfringementCases
    uint256 public caseCount;
    mapping(uint256 caseId => Case) private _cases;

    /// @dev Both know the same registry, or who is a party here would be somebody else there.
    constructor(IParcelLedger ledger_, IRightsRegistry rights_) {
        registry = ledger_.registry();
        require(rights_.registry() == registry, IParticipantRegistry.AccountUnknown(address(rights_)));
        ledger = ledger_;
        rights = rights_;
        calendar = rights_.calendar();
    }

    // ------------------------------------------------------------------------------------------------------------
    // Ex officio

    /// @inheritdoc IInfringementCases
    function notifyHolder(
        uint256 rightId,
        uint16 heading,
        bytes32 manifest,
        uint256 parcels,
        uint96 goodsValue,
        bytes32 evidence
    ) external returns (uint256 caseId) {
        (uint32 customsNo, uint32 roles, uint16 district) = registry.authorityOf(msg.sender);
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(customsNo, Role.Customs));
        caseId = _begin(Route.ExOfficio, rightId, customsNo, heading, goodsValue);
        _checkHeld(manifest, parcels, district);

        Case storage entry = _cases[caseId];
        entry.state = CaseState.Notified;
        (entry.manifest, entry.parcels) = (manifest, parcels);
        entry.lapsesAt = _inWorkingDays(ANSWER_DAYS);

        emit HolderNotified(
            caseId, rightId, manifest, parcels, customsNo, heading, goodsValue, evidence, entry.lapsesAt
        );
        _record(entry, Step.CaseOpened, evidence);
    }

    /// @inheritdoc IInfringementCases
    function requestDetention(uint256 caseId, uint96 security, bytes32 evidence) external {
        Case storage entry = _asComplainant(caseId, evidence);
        _checkState(caseId, entry, CaseState.Notified);
        _checkInTime(caseId, entry.lapsesAt);
        _checkSecurity(Route.ExOfficio, entry.goodsValue, security);

        entry.state = CaseState.Detained;
        entry.findBy = _inWorkingDays(FINDING_DAYS);
        entry.lapsesAt = _inWorkingDays(COURT_DAYS_EX_OFFICIO);

        emit DetentionRequested(caseId, security, evidence, entry.findBy, entry.lapsesAt);
    }

    /// @inheritdoc IInfringementCases
    function recordFinding(uint256 caseId, bool infringing, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Detained);
        require(entry.route == Route.ExOfficio, RouteUnfit(caseId, entry.route));
        _checkInTime(caseId, entry.findBy);

        if (infringing) {
            entry.state = CaseState.Found;
            entry.lapsesAt = uint48(block.timestamp) + appealWindow;
        }

        emit FindingRecorded(caseId, infringing, evidence, infringing ? entry.lapsesAt : 0);
        if (!infringing) _close(caseId, entry, Outcome.NotInfringing, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // On application

    /// @inheritdoc IInfringementCases
    function lodgeComplaint(
        uint256 rightId,
        uint32 customsNo,
        uint16 heading,
        uint96 goodsValue,
        uint96 security,
        bytes32 evidence
    ) external returns (uint256 caseId) {
        (uint32 holderNo,,) = registry.authorityOf(msg.sender);
        uint32 roles = registry.participant(customsNo).roles;
        require(_holds(roles, Role.Customs), InvestigatorUnfit(customsNo));
        caseId = _begin(Route.OnApplication, rightId, customsNo, heading, goodsValue);
        require(_cases[caseId].holderNo == holderNo, ComplainantOnly(caseId, holderNo));
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
        _checkSecurity(Route.OnApplication, goodsValue, security);

        emit ComplaintLodged(caseId, rightId, customsNo, heading, goodsValue, security, evidence);
    }

    /// @inheritdoc IInfringementCases
    function detainGoods(uint256 caseId, bytes32 manifest, uint256 parcels, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Lodged);
        _checkRight(entry.rightId, entry.heading);
        (,, uint16 district) = registry.authorityOf(msg.sender);
        _checkHeld(manifest, parcels, district);

        entry.state = CaseState.Detained;
        (entry.manifest, entry.parcels) = (manifest, parcels);
        entry.lapsesAt = _inWorkingDays(COURT_DAYS_ON_APPLICATION);

        emit GoodsDetained(caseId, manifest, parcels, evidence, entry.lapsesAt);
        _record(entry, Step.CaseOpened, evidence);
    }

    /// @inheritdoc IInfringementCases
    function declineComplaint(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Lodged);

        _close(caseId, entry, Outcome.Declined, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Appeal

    /// @inheritdoc IInfringementCases
    function appealFinding(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _known(caseId);
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
        _checkState(caseId, entry, CaseState.Found);
        _checkInTime(caseId, entry.lapsesAt);
        uint32 speakerNo = _appellant(caseId, entry);

        entry.state = CaseState.Appealed;
        entry.lapsesAt = uint48(block.timestamp) + appealTerm;

        emit FindingAppealed(caseId, speakerNo, evidence, entry.lapsesAt);
    }

    /// @inheritdoc IInfringementCases
    function decideFindingAppeal(uint256 caseId, bool upheld, bytes32 evidence) external {
        (uint32 authorityNo, uint32 roles,) = registry.authorityOf(msg.sender);
        require(
            _holds(roles, Role.AppealBody), IParticipantRegistry.RoleMissing(authorityNo, Role.AppealBody)
        );
        Case storage entry = _known(caseId);
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
        _checkState(caseId, entry, CaseState.Appealed);
        _checkInTime(caseId, entry.lapsesAt);
        IParcelLedger.Header memory header = ledger.header(entry.manifest);
        require(
            authorityNo != entry.holderNo && authorityNo != entry.customsNo && authorityNo != header.sellerNo
                && authorityNo != header.declarantNo,
            PartiesNotSeparate(entry.holderNo, entry.customsNo, authorityNo)
        );

        emit FindingAppealDecided(caseId, authorityNo, upheld, evidence);
        if (upheld) _uphold(caseId, entry, evidence);
        else _close(caseId, entry, Outcome.NotInfringing, evidence);
    }

    /// @inheritdoc IInfringementCases
    function confirmFinding(uint256 caseId) external {
        Case storage entry = _known(caseId);
        _checkState(caseId, entry, CaseState.Found);
        require(block.timestamp >= entry.lapsesAt, ClockRunning(caseId, entry.lapsesAt));

        _uphold(caseId, entry, _ofItself(caseId, Outcome.Infringing));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Court

    /// @inheritdoc IInfringementCases
    function recordCourtNotice(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Detained);
        _checkInTime(caseId, entry.lapsesAt);

        entry.state = CaseState.InCourt;
        entry.lapsesAt = 0;

        emit CourtNoticeRecorded(caseId, evidence);
    }

    /// @inheritdoc IInfringementCases
    function recordRuling(uint256 caseId, bool infringing, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.InCourt);

        emit RulingRecorded(caseId, infringing, evidence);
        if (infringing) _uphold(caseId, entry, evidence);
        else _close(caseId, entry, Outcome.NotInfringing, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Other ends

    /// @inheritdoc IInfringementCases
    function withdrawCase(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _asComplainant(caseId, evidence);
        // The states before a finding are the first three.
        require(entry.state <= CaseState.Detained, CaseStateUnfit(caseId, entry.state));

        _close(caseId, entry, Outcome.Withdrawn, evidence);
    }

    /// @inheritdoc IInfringementCases
    function acceptCounterBond(uint256 caseId, uint96 bond, bytes32 evidence) external {
        Case storage entry = _asInvestigator(caseId, evidence);
        require(
            entry.state == CaseState.Detained || entry.state == CaseState.InCourt,
            CaseStateUnfit(caseId, entry.state)
        );
        require(
            entry.kind == RightKind.Patent || entry.kind == RightKind.Design,
            CounterBondNotAllowed(caseId, entry.kind)
        );
        require(bond >= entry.goodsValue, BondTooSmall(caseId, bond, entry.goodsValue));

        emit CounterBondAccepted(caseId, bond, evidence);
        _close(caseId, entry, Outcome.CounterBonded, evidence);
    }

    /// @inheritdoc IInfringementCases
    function declareLapsed(uint256 caseId) external {
        Case storage entry = _known(caseId);
        require(
            entry.state == CaseState.Notified || entry.state == CaseState.Detained
                || entry.state == CaseState.Appealed,
            CaseStateUnfit(caseId, entry.state)
        );
        require(block.timestamp >= entry.lapsesAt, ClockRunning(caseId, entry.lapsesAt));

        _close(caseId, entry, Outcome.Lapsed, _ofItself(caseId, Outcome.Lapsed));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Disposal

    /// @inheritdoc IInfringementCases
    function passOverDisposal(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _toDispose(caseId, evidence);
        Disposal passed = entry.disposal;
        require(passed != Disposal.Destruction, DisposalLast(caseId));
        bool noAuction =
            entry.kind == RightKind.Trademark && ledger.header(entry.manifest).direction == Direction.Import;

        entry.disposal =
            passed == Disposal.SaleToHolder && noAuction ? Disposal.Destruction : Disposal(uint8(passed) + 1);

        emit DisposalPassedOver(caseId, passed, evidence);
    }

    /// @inheritdoc IInfringementCases
    function chooseDisposal(uint256 caseId, bytes32 evidence) external {
        Case storage entry = _toDispose(caseId, evidence);

        entry.disposed = true;

        emit DisposalChosen(caseId, entry.disposal, evidence);
        bool last = entry.disposal == Disposal.Destruction;
        _record(entry, last ? Step.DestructionOrdered : Step.DisposalOrdered, evidence);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Views

    /// @inheritdoc IInfringementCases
    function securityFor(Route route, uint96 goodsValue) public pure returns (uint96) {
        if (route == Route.OnApplication || goodsValue < 20_000 * YUAN) return goodsValue;
        if (goodsValue > 200_000 * YUAN) return 100_000 * YUAN;
        uint96 half = (goodsValue + 1) / 2;
        return half < 20_000 * YUAN ? 20_000 * YUAN : half;
    }

    /// @inheritdoc IInfringementCases
    function caseOf(uint256 caseId) external view returns (Case memory) {
        return _known(caseId);
    }

    // ------------------------------------------------------------------------------------------------------------
    // Parts

    /// @dev A new case, lodged; the right must be in force and cover the goods.
    function _begin(Route route, uint256 rightId, uint32 customsNo, uint16 heading, uint96 goodsValue)
        private
        returns (uint256 caseId)
    {
        IRightsRegistry.Right memory right = _checkRight(rightId, heading);
        require(right.holderNo != customsNo, PartiesNotSeparate(right.holderNo, customsNo, customsNo));
        require(goodsValue != 0, GoodsValueInvalid(goodsValue));

        caseId = ++caseCount;
        Case storage entry = _cases[caseId];
        (entry.route, entry.kind, entry.heading) = (route, right.kind, heading);
        (entry.holderNo, entry.customsNo) = (right.holderNo, customsNo);
        (entry.rightId, entry.goodsValue) = (uint64(rightId), goodsValue);
    }

    function _close(uint256 caseId, Case storage entry, Outcome outcome, bytes32 evidence) private {
        bool opened = entry.state != CaseState.Lodged;
        (entry.state, entry.outcome, entry.lapsesAt) = (CaseState.Closed, outcome, 0);

        emit CaseDecided(caseId, outcome, evidence);
        if (opened) _record(entry, Step.CaseClosed, evidence);
    }

    function _uphold(uint256 caseId, Case storage entry, bytes32 evidence) private {
        (entry.state, entry.outcome, entry.lapsesAt) = (CaseState.Infringing, Outcome.Infringing, 0);

        emit CaseDecided(caseId, Outcome.Infringing, evidence);
        _record(entry, Step.InfringementFound, evidence);
    }

    /// @dev The case's step in the ledger, as the participant that this contract is there.
    function _record(Case storage entry, Step step, bytes32 evidence) private {
        IParcelLedger.Record[] memory records = new IParcelLedger.Record[](1);
        records[0] = IParcelLedger.Record(entry.manifest, step, entry.parcels, evidence);
        ledger.record(records);
    }

    function _inWorkingDays(uint16 workingDays) private view returns (uint48) {
        return calendar.addWorkingDays(uint48(block.timestamp), workingDays);
    }

    /// @dev What happens because time passed has no document behind it.
    function _ofItself(uint256 caseId, Outcome outcome) private pure returns (bytes32) {
        return keccak256(abi.encode(caseId, outcome));
    }

    // ------------------------------------------------------------------------------------------------------------
    // Checks

    function _known(uint256 caseId) private view returns (Case storage entry) {
        entry = _cases[caseId];
        require(entry.holderNo != 0, CaseUnknown(caseId));
    }

    function _asComplainant(uint256 caseId, bytes32 evidence) private view returns (Case storage entry) {
        entry = _known(caseId);
        (uint32 participantNo,,) = registry.authorityOf(msg.sender);
        require(participantNo == entry.holderNo, ComplainantOnly(caseId, participantNo));
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
    }

    function _asInvestigator(uint256 caseId, bytes32 evidence) private view returns (Case storage entry) {
        entry = _known(caseId);
        (uint32 participantNo, uint32 roles,) = registry.authorityOf(msg.sender);
        require(participantNo == entry.customsNo, InvestigatorOnly(caseId, participantNo));
        require(_holds(roles, Role.Customs), IParticipantRegistry.RoleMissing(participantNo, Role.Customs));
        require(evidence != 0, IRightsRegistry.CommitmentMissing());
    }

    function _toDispose(uint256 caseId, bytes32 evidence) private view returns (Case storage entry) {
        entry = _asInvestigator(caseId, evidence);
        _checkState(caseId, entry, CaseState.Infringing);
        require(!entry.disposed, AlreadyDisposed(caseId, entry.disposal));
    }

    /// @dev Who appeals for the accused: the declarant, or who speaks for the seller, unless it is the other side.
    function _appellant(uint256 caseId, Case storage entry) private view returns (uint32 speakerNo) {
        IParcelLedger.Header memory header = ledger.header(entry.manifest);
        bool speaks;
        (speaks, speakerNo) = registry.speaksFor(msg.sender, header.sellerNo);
        require(speaks || speakerNo == header.declarantNo, AppellantUnfit(caseId, speakerNo));
        require(
            speakerNo != entry.holderNo && speakerNo != entry.customsNo,
            PartiesNotSeparate(entry.holderNo, entry.customsNo, speakerNo)
        );
    }

    function _checkRight(uint256 rightId, uint16 heading)
        private
        view
        returns (IRightsRegistry.Right memory right)
    {
        right = rights.right(rightId);
        require(rights.isInForce(rightId, uint48(block.timestamp)), IRightsRegistry.RightNotInForce(rightId));
        require(rights.covers(rightId, heading), GoodsNotCovered(rightId, heading));
    }

    function _checkHeld(bytes32 manifest, uint256 parcels, uint16 district) private view {
        uint256 loose = parcels & ~ledger.heldBy(manifest, district);
        require(loose == 0, ParcelsNotHeld(manifest, loose, district));
    }

    function _checkSecurity(Route route, uint96 goodsValue, uint96 security) private pure {
        uint96 required = securityFor(route, goodsValue);
        require(
            security >= required && security <= goodsValue, SecurityInvalid(security, required, goodsValue)
        );
    }

    function _checkState(uint256 caseId, Case storage entry, CaseState needed) private view {
        require(entry.state == needed, CaseStateUnfit(caseId, entry.state));
    }

    function _checkInTime(uint256 caseId, uint48 deadline) private view {
        require(block.timestamp < deadline, ClockRunOut(caseId, deadline));
    }

    function _holds(uint32 roles, Role role) private pure returns (bool) {
        return (roles >> uint8(role)) & 1 != 0;
    }
}
