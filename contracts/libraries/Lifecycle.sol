// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Direction, Flag, IParcelLedger, Jurisdiction, State, Step} from "../interfaces/IParcelLedger.sol";
import {Role} from "../interfaces/IParticipantRegistry.sol";

using Lifecycle for IParcelLedger.Rule;

/// @title The life of a parcel as one table
/// @notice The same table stands in `backend/domain/lifecycle.py`; a test proves the two equal.
/// @dev Sets of profiles, states and flags are bit sets. A row reads: who, whose district, in which kinds of manifest,
/// from which states; `to` a state; `raising`, `clearing`, `needing`, `unless` flags.
library Lifecycle {
    // Kinds of manifest: direction, bonded stock, transit to another port.
    uint8 internal constant IMPORT_DIRECT = 1 << 0;
    uint8 internal constant IMPORT_BONDED = 1 << 1;
    uint8 internal constant EXPORT_AT_PORT = 1 << 2;
    uint8 internal constant EXPORT_BY_TRANSIT = 1 << 3;
    uint8 private constant IMPORTS = IMPORT_DIRECT | IMPORT_BONDED;
    uint8 private constant EXPORTS = EXPORT_AT_PORT | EXPORT_BY_TRANSIT;
    uint8 private constant EVERY = IMPORTS | EXPORTS;

    uint16 private constant DECLARED = uint16(1 << uint256(State.Declared));
    uint16 private constant ACCEPTED = uint16(1 << uint256(State.Accepted));
    uint16 private constant RELEASED = uint16(1 << uint256(State.Released));
    uint16 private constant IN_TRANSIT = uint16(1 << uint256(State.InTransit));
    uint16 private constant AT_PORT = uint16(1 << uint256(State.AtPort));
    uint16 private constant DEPARTED = uint16(1 << uint256(State.Departed));
    uint16 private constant DELIVERED = uint16(1 << uint256(State.Delivered));
    uint16 private constant CLOSED = uint16(1 << uint256(State.Closed));
    uint16 private constant RETURNING = uint16(1 << uint256(State.Returning));
    uint16 private constant CONFISCATED = uint16(1 << uint256(State.Confiscated));
    uint16 private constant OPEN = DECLARED | ACCEPTED;
    /// @dev Where a parcel can have come to since it was put into a consignment.
    uint16 private constant CARRIED = RELEASED | IN_TRANSIT | AT_PORT | CONFISCATED
        | uint16(1 << uint256(State.Destroyed)) | uint16(1 << uint256(State.Disposed));
    uint16 private constant RETURNABLE = RELEASED | DELIVERED | DEPARTED | CLOSED;
    /// @dev Goods may be detained wherever they are while something is still to be decided about them.
    uint16 internal constant DETAINABLE =
        DECLARED | ACCEPTED | RELEASED | IN_TRANSIT | AT_PORT | DEPARTED | DELIVERED | RETURNING;

    /// @dev Goods that are still under supervision: what has departed or was delivered is out of a case's reach.
    uint16 private constant SUSPECTABLE = DECLARED | ACCEPTED | RELEASED | IN_TRANSIT | AT_PORT | RETURNING;

    /// @dev What ended here may be declared anew: the parcel's place in a later manifest is no duplicate.
    uint16 internal constant DECLARABLE_ANEW =
        uint16(1 << uint256(State.Rejected)) | uint16(1 << uint256(State.Cancelled));

    uint16 private constant ORDER = uint16(1 << uint256(Flag.Order));
    uint16 private constant PAYMENT = uint16(1 << uint256(Flag.Payment));
    uint16 private constant WAYBILL = uint16(1 << uint256(Flag.Waybill));
    uint16 private constant ARRIVED = uint16(1 << uint256(Flag.Arrived));
    uint16 private constant REVIEW = uint16(1 << uint256(Flag.Review));
    uint16 private constant INSPECTION = uint16(1 << uint256(Flag.Inspection));
    uint16 private constant INSPECTED = uint16(1 << uint256(Flag.Inspected));
    uint16 internal constant HELD_DECLARING = uint16(1 << uint256(Flag.HeldDeclaring));
    uint16 internal constant HELD_PORT = uint16(1 << uint256(Flag.HeldPort));
    uint16 private constant RETURN_PENDING = uint16(1 << uint256(Flag.ReturnPending));
    uint16 private constant CASE_OPEN = uint16(1 << uint256(Flag.CaseOpen));
    uint16 private constant INFRINGING = uint16(1 << uint256(Flag.Infringing));
    uint16 internal constant CONSIGNED = uint16(1 << uint256(Flag.Consigned));
    /// @dev A case blocks by itself, whatever becomes of the holds.
    uint16 private constant HELD = HELD_DECLARING | HELD_PORT | CASE_OPEN | INFRINGING;
    uint16 private constant BLOCKED = HELD | REVIEW | INSPECTION;

    Jurisdiction private constant ANYWHERE = Jurisdiction.Anywhere;
    Jurisdiction private constant DECLARING = Jurisdiction.DeclaringDistrict;
    Jurisdiction private constant PORT = Jurisdiction.PortDistrict;
    Jurisdiction private constant OWN = Jurisdiction.OwnDeclarant;

    /// @notice Row 0 or 1 of a step; the first that fits the manifest's kind and the caller's jurisdiction counts.
    /// Rows of one step that fit the same kind have the same effect, so that a record tells what it did by itself.
    /// @dev Declaration and DuplicateReported come by calls of their own, so they have no row.
    function ruleOf(Step step, uint8 row) internal pure returns (IParcelLedger.Rule memory) {
        if (row == 0) return _first(step);
        if (row == 1) return _second(step);
        return _none();
    }

    function _first(Step step) private pure returns (IParcelLedger.Rule memory) {
        // Documents and arrival
        if (step == Step.OrderAttested) {
            return _row(Role.Platform, ANYWHERE, EVERY, DECLARED).raising(ORDER).unless(HELD);
        }
        if (step == Step.PaymentAttested) {
            return _row(Role.Payment, ANYWHERE, EVERY, DECLARED).raising(PAYMENT).unless(HELD);
        }
        if (step == Step.WaybillAttested) {
            return _row(Role.Logistics, ANYWHERE, EVERY, DECLARED).raising(WAYBILL).unless(HELD);
        }
        if (step == Step.Arrival) {
            return _row(Role.SiteOperator, ANYWHERE, EVERY, OPEN).raising(ARRIVED).unless(HELD | ARRIVED);
        }
        // Clearance
        if (step == Step.Acceptance) {
            return _row(Role.Customs, DECLARING, IMPORTS, DECLARED).to(State.Accepted)
                .needing(ORDER | PAYMENT | WAYBILL).unless(HELD);
        }
        if (step == Step.Rejection) {
            return _row(Role.Customs, DECLARING, EVERY, OPEN).to(State.Rejected).clearing(REVIEW)
                .unless(HELD | INSPECTION);
        }
        if (step == Step.ReviewOpened) {
            return _row(Role.Customs, DECLARING, EVERY, ACCEPTED).raising(REVIEW).unless(HELD | REVIEW);
        }
        if (step == Step.ReviewClosed) {
            return
                _row(Role.Customs, DECLARING, EVERY, ACCEPTED).clearing(REVIEW).needing(REVIEW).unless(HELD);
        }
        if (step == Step.InspectionOrdered) {
            return
                _row(Role.Customs, DECLARING, EVERY, ACCEPTED).raising(INSPECTION).unless(HELD | INSPECTION);
        }
        if (step == Step.InspectionPassed) {
            return _row(Role.Customs, DECLARING, EVERY, ACCEPTED).raising(INSPECTED).clearing(INSPECTION)
                .needing(INSPECTION).unless(HELD);
        }
        if (step == Step.Detention) {
            return
                _row(Role.Customs, DECLARING, EVERY, DETAINABLE).raising(HELD_DECLARING)
                    .unless(HELD_DECLARING);
        }
        if (step == Step.DetentionLifted) {
            return _row(Role.Customs, DECLARING, EVERY, DETAINABLE).clearing(HELD_DECLARING)
                .needing(HELD_DECLARING).unless(CASE_OPEN);
        }
        if (step == Step.PortDetention) {
            return _row(Role.Customs, PORT, EVERY, DETAINABLE).raising(HELD_PORT).unless(HELD_PORT);
        }
        if (step == Step.PortDetentionLifted) {
            return _row(Role.Customs, PORT, EVERY, DETAINABLE).clearing(HELD_PORT).needing(HELD_PORT)
                .unless(CASE_OPEN);
        }
        if (step == Step.Release) {
            return _row(Role.Customs, DECLARING, IMPORT_BONDED, ACCEPTED).to(State.Released).unless(BLOCKED)
                .withSellerClear();
        }
        // Transport
        if (step == Step.TransitDeparture) {
            return _row(Role.Customs, DECLARING, EXPORT_BY_TRANSIT, RELEASED).to(State.InTransit).unless(HELD);
        }
        if (step == Step.TransitArrival) {
            return _row(Role.Customs, PORT, EXPORT_BY_TRANSIT, IN_TRANSIT).to(State.AtPort).unless(HELD);
        }
        if (step == Step.Departure) {
            return _row(Role.Logistics, ANYWHERE, EXPORT_AT_PORT, RELEASED).to(State.Departed)
                .clearing(CONSIGNED).unless(HELD | INSPECTION);
        }
        if (step == Step.Offloading) {
            return _row(Role.Logistics, ANYWHERE, EXPORT_AT_PORT, DEPARTED).to(State.Released).unless(HELD);
        }
        if (step == Step.Delivery) {
            return _row(Role.Logistics, ANYWHERE, IMPORTS, RELEASED).to(State.Delivered).unless(HELD);
        }
        if (step == Step.Closure) {
            return _row(Role.Customs, DECLARING, IMPORTS, RELEASED | DELIVERED).to(State.Closed)
                .unless(HELD | RETURN_PENDING);
        }
        if (step == Step.Cancellation) {
            return _row(Role.Customs, DECLARING, EVERY, OPEN).to(State.Cancelled).clearing(REVIEW)
                .unless(HELD | INSPECTION);
        }
        // Return. A parcel on its way back has left its supervised place: Arrived falls and is raised anew.
        if (step == Step.ReturnRequested) {
            return _row(Role.Declarant, OWN, IMPORTS, RELEASED | DELIVERED | CLOSED).raising(RETURN_PENDING)
                .unless(HELD | RETURN_PENDING);
        }
        if (step == Step.ReturnApproved) {
            return _row(Role.Customs, DECLARING, EVERY, RETURNABLE).to(State.Returning)
                .clearing(RETURN_PENDING | ARRIVED).needing(RETURN_PENDING).unless(HELD);
        }
        if (step == Step.ReturnRefused) {
            return _row(Role.Customs, DECLARING, EVERY, RETURNABLE).clearing(RETURN_PENDING)
                .needing(RETURN_PENDING).unless(HELD);
        }
        if (step == Step.ReturnArrived) {
            return _row(Role.SiteOperator, ANYWHERE, EVERY, RETURNING).raising(ARRIVED).unless(HELD | ARRIVED);
        }
        if (step == Step.ReturnVerified) {
            return
                _row(Role.Customs, DECLARING, EVERY, RETURNING).to(State.Returned).needing(ARRIVED)
                    .unless(HELD);
        }
        // What a district holds, only that district decides: the other's hold blocks.
        if (step == Step.ReturnAbroad) {
            return _row(Role.Customs, DECLARING, IMPORTS, OPEN).to(State.ReturnedAbroad)
                .needing(HELD_DECLARING).unless(HELD_PORT | CASE_OPEN | INFRINGING);
        }
        // The hold stays on what it decided: it names the district that disposes of confiscated goods.
        if (step == Step.Confiscation) {
            return _row(Role.Customs, DECLARING, EVERY, DETAINABLE).to(State.Confiscated)
                .needing(HELD_DECLARING).unless(HELD_PORT | CASE_OPEN);
        }
        if (step == Step.Destruction) {
            return _row(Role.Customs, DECLARING, EVERY, CONFISCATED).to(State.Destroyed)
                .needing(HELD_DECLARING).unless(INFRINGING);
        }
        // Infringement cases. What was found infringing leaves by confiscation alone, and is destroyed only on the case's
        // order, which comes after the other ways of disposal.
        if (step == Step.CaseOpened) {
            return _row(Role.CaseRegister, ANYWHERE, EVERY, SUSPECTABLE).raising(CASE_OPEN)
                .unless(CASE_OPEN | INFRINGING);
        }
        if (step == Step.CaseClosed) {
            return _row(Role.CaseRegister, ANYWHERE, EVERY, DETAINABLE).clearing(CASE_OPEN).needing(CASE_OPEN);
        }
        if (step == Step.InfringementFound) {
            return _row(Role.CaseRegister, ANYWHERE, EVERY, DETAINABLE).raising(INFRINGING)
                .clearing(CASE_OPEN).needing(CASE_OPEN);
        }
        if (step == Step.DisposalOrdered) {
            return _row(Role.CaseRegister, ANYWHERE, EVERY, CONFISCATED).to(State.Disposed)
                .clearing(INFRINGING).needing(INFRINGING);
        }
        if (step == Step.DestructionOrdered) {
            return
                _row(Role.CaseRegister, ANYWHERE, EVERY, CONFISCATED).clearing(INFRINGING).needing(INFRINGING);
        }
        // Consignments. Who may is the consignment contract's to say; it says it for the account that called it.
        if (step == Step.Consigned) {
            return _row(Role.Carriage, ANYWHERE, EXPORT_BY_TRANSIT, RELEASED).raising(CONSIGNED)
                .unless(HELD | CONSIGNED);
        }
        if (step == Step.TakenOut) {
            return _row(Role.Carriage, ANYWHERE, EXPORTS, CARRIED).clearing(CONSIGNED).needing(CONSIGNED);
        }
        if (step == Step.Waybilled) {
            return _row(Role.Carriage, ANYWHERE, EXPORT_AT_PORT, RELEASED).raising(CONSIGNED)
                .unless(HELD | INSPECTION | CONSIGNED);
        }
        if (step == Step.WrittenOff) {
            return _row(Role.Carriage, PORT, EXPORT_BY_TRANSIT, AT_PORT).clearing(CONSIGNED)
                .needing(CONSIGNED).unless(HELD);
        }
        if (step == Step.Reinspection) {
            return _row(Role.Carriage, PORT, EXPORT_BY_TRANSIT, AT_PORT).raising(INSPECTION)
                .needing(INSPECTED).unless(HELD | INSPECTION);
        }
        return _none();
    }

    function _second(Step step) private pure returns (IParcelLedger.Rule memory) {
        if (step == Step.Acceptance) {
            return _row(Role.Customs, DECLARING, EXPORTS, DECLARED).to(State.Accepted)
                .needing(ORDER | WAYBILL).unless(HELD);
        }
        if (step == Step.InspectionOrdered) {
            return _row(Role.Customs, PORT, EXPORT_BY_TRANSIT, AT_PORT).raising(INSPECTION)
                .unless(HELD | INSPECTION | INSPECTED);
        }
        if (step == Step.InspectionPassed) {
            return _row(Role.Customs, PORT, EXPORT_BY_TRANSIT, AT_PORT).raising(INSPECTED)
                .clearing(INSPECTION).needing(INSPECTION).unless(HELD);
        }
        if (step == Step.Release) {
            return _row(Role.Customs, DECLARING, EVERY & ~IMPORT_BONDED, ACCEPTED).to(State.Released)
                .needing(ARRIVED).unless(BLOCKED).withSellerClear();
        }
        if (step == Step.Departure) {
            return _row(Role.Logistics, ANYWHERE, EXPORT_BY_TRANSIT, AT_PORT).to(State.Departed)
                .clearing(CONSIGNED).unless(HELD | INSPECTION);
        }
        if (step == Step.Waybilled) {
            return _row(Role.Carriage, ANYWHERE, EXPORT_BY_TRANSIT, AT_PORT).raising(CONSIGNED)
                .unless(HELD | INSPECTION | CONSIGNED);
        }
        if (step == Step.Offloading) {
            return _row(Role.Logistics, ANYWHERE, EXPORT_BY_TRANSIT, DEPARTED).to(State.AtPort).unless(HELD);
        }
        if (step == Step.Closure) {
            return
                _row(Role.Customs, DECLARING, EXPORTS, DEPARTED).to(State.Closed)
                    .unless(HELD | RETURN_PENDING);
        }
        if (step == Step.ReturnRequested) {
            return _row(Role.Declarant, OWN, EXPORTS, DEPARTED | CLOSED).raising(RETURN_PENDING)
                .unless(HELD | RETURN_PENDING);
        }
        if (step == Step.ReturnAbroad) {
            return _row(Role.Customs, PORT, IMPORTS, OPEN).to(State.ReturnedAbroad).needing(HELD_PORT)
                .unless(HELD_DECLARING | CASE_OPEN | INFRINGING);
        }
        if (step == Step.Confiscation) {
            return _row(Role.Customs, PORT, EVERY, DETAINABLE).to(State.Confiscated).needing(HELD_PORT)
                .unless(HELD_DECLARING | CASE_OPEN);
        }
        if (step == Step.Destruction) {
            return _row(Role.Customs, PORT, EVERY, CONFISCATED).to(State.Destroyed).needing(HELD_PORT)
                .unless(INFRINGING);
        }
        return _none();
    }

    // ------------------------------------------------------------------------------------------------------------
    // The words a row is written in

    function _none() private pure returns (IParcelLedger.Rule memory rule) {}

    function _row(Role role, Jurisdiction where, uint8 profiles, uint16 origins)
        private
        pure
        returns (IParcelLedger.Rule memory rule)
    {
        rule.exists = true;
        rule.role = role;
        rule.where = where;
        rule.profiles = profiles;
        rule.origins = origins;
    }

    function to(IParcelLedger.Rule memory rule, State state)
        internal
        pure
        returns (IParcelLedger.Rule memory)
    {
        rule.moves = true;
        rule.leadsTo = state;
        return rule;
    }

    function raising(IParcelLedger.Rule memory rule, uint16 flags)
        internal
        pure
        returns (IParcelLedger.Rule memory)
    {
        rule.raises = flags;
        return rule;
    }

    function clearing(IParcelLedger.Rule memory rule, uint16 flags)
        internal
        pure
        returns (IParcelLedger.Rule memory)
    {
        rule.clears = flags;
        return rule;
    }

    function needing(IParcelLedger.Rule memory rule, uint16 flags)
        internal
        pure
        returns (IParcelLedger.Rule memory)
    {
        rule.needs = flags;
        return rule;
    }

    function unless(IParcelLedger.Rule memory rule, uint16 flags)
        internal
        pure
        returns (IParcelLedger.Rule memory)
    {
        rule.forbids = flags;
        return rule;
    }

    function withSellerClear(IParcelLedger.Rule memory rule)
        internal
        pure
        returns (IParcelLedger.Rule memory)
    {
        rule.sellerClear = true;
        return rule;
    }

    /// @notice Whether parcels travel by a step. What is Consigned travels with its consignment and not otherwise.
    function isTravel(Step step) internal pure returns (bool) {
        return step == Step.TransitDeparture || step == Step.TransitArrival || step == Step.Departure;
    }

    /// @notice The kind of a manifest, as a set with one member. Bonded imports leave stock already under supervision.
    function profileOf(
        Direction direction,
        uint16 supervisionMode,
        uint16 declaringDistrict,
        uint16 portDistrict
    ) internal pure returns (uint8) {
        if (direction == Direction.Import) {
            return supervisionMode == 9610 ? IMPORT_DIRECT : IMPORT_BONDED;
        }
        return declaringDistrict == portDistrict ? EXPORT_AT_PORT : EXPORT_BY_TRANSIT;
    }

    /// @notice Whether a supervision mode exists for a direction.
    function isSupervisionMode(Direction direction, uint16 mode) internal pure returns (bool) {
        if (mode == 9610 || mode == 1210) return true;
        return direction == Direction.Import ? mode == 1239 : mode == 9710 || mode == 9810;
    }
}
