use crate::order::Step;
use crate::vocabulary::Vocabulary;

/// Declares the actions together with their names, so that no list of them can lack one.
macro_rules! actions {
    ($($(#[$meta:meta])* $Action:ident = $name:literal;)+) => {
        /// Something that the service offers to do. Who may do it: [`Action::who`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$meta])* $Action,)+
            /// Take this step with an order.
            Order(Step),
        }

        impl Action {
            /// Every action but the steps of an order, in the order of the table.
            const PLAIN: &'static [Self] = &[$(Self::$Action),+];

            /// Its name in the table and in the audit log; steps of an order by the name of the step.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$Action => $name,)+
                    Self::Order(step) => step.as_str(),
                }
            }
        }
    };
}

actions! {
    /// See the tree of divisions.
    ReadDivisions = "read_divisions";
    /// Load a table of divisions.
    ImportDivisions = "import_divisions";
    /// Draw a grid inside a community.
    AddGrid = "add_grid";
    /// State the resident population of a division for a year.
    SetPopulation = "set_population";
    /// Say that a division has taken in another one's code.
    AddAlias = "add_alias";
    /// See crafts and services.
    ReadCatalogue = "read_catalogue";
    /// Change crafts and services.
    EditCatalogue = "edit_catalogue";
    /// Write down a person.
    EnterPerson = "enter_person";
    /// Search for a person by phone, document or name.
    FindPerson = "find_person";
    /// See a person's record, masked or with a purpose.
    ReadPerson = "read_person";
    /// Bind an account to the person behind it.
    ClaimPerson = "claim_person";
    /// Make two records of one person into one.
    MergePersons = "merge_persons";
    /// See plain values of a person, for a purpose that is kept on record.
    UnmaskPerson = "unmask_person";
    /// Approve that somebody else sees plain values of a minor.
    ApproveUnmasking = "approve_unmasking";
    /// Keep on record that somebody consents, or withdraws a consent.
    RecordConsent = "record_consent";
    /// Erase a person who asks for it.
    ErasePerson = "erase_person";
    /// Apply to be a volunteer.
    RegisterVolunteer = "register_volunteer";
    /// Take on, refuse, pause or bar a volunteer.
    DecideVolunteer = "decide_volunteer";
    /// See the decisions on a volunteer and on their certifications, with the reasons.
    ReadVolunteerFile = "read_volunteer_file";
    /// Write down how somebody is insured, and that it has ended.
    EditInsurance = "edit_insurance";
    /// Certify a volunteer for a craft.
    Certify = "certify";
    /// Suspend a certification or lift the suspension.
    SuspendCertification = "suspend_certification";
    /// See which trainings there are, and when.
    ReadTraining = "read_training";
    /// Offer a training, and say when and where it takes place.
    EditTraining = "edit_training";
    /// Enrol somebody in a session of a training, and withdraw them.
    EnrolInTraining = "enrol_in_training";
    /// See who is enrolled in a session.
    ReadEnrolments = "read_enrolments";
    /// Keep on record who was there and who has passed.
    RecordTraining = "record_training";
    /// Write down who is a social worker, with what qualification and where.
    EditSocialWorkers = "edit_social_workers";
    /// See social workers, what they have learned and their cases.
    ReadSocialWorkers = "read_social_workers";
    /// Give a social worker a case, and end it.
    ManageCases = "manage_cases";
    /// Register somebody for the examination of social workers, and withdraw them.
    RegisterForExam = "register_for_exam";
    /// See who has registered for the examination, and write down the results.
    RecordExam = "record_exam";
    /// Join the light cavalry, or leave it; staff write it down for people of their divisions.
    JoinCavalry = "join_cavalry";
    /// Be on duty in the light cavalry.
    BeOnDuty = "be_on_duty";
    /// See who of the light cavalry is on duty, and in which cell.
    ReadCavalry = "read_cavalry";
    /// Found an organisation in the records.
    CreateOrganisation = "create_organisation";
    /// See an organisation.
    ReadOrganisation = "read_organisation";
    /// Change who belongs to an organisation.
    ManageMembers = "manage_members";
    /// Write down what an organisation is, and hand it in.
    EditOrganisation = "edit_organisation";
    /// Let an organisation serve, refuse, suspend, resume or dissolve it.
    DecideOrganisation = "decide_organisation";
    /// See the decisions on an organisation, and who has joined and left it.
    ReadOrganisationFile = "read_organisation_file";
    /// Enter what comes into the fund of an organisation and goes out of it.
    EnterFund = "enter_fund";
    /// Approve or refuse an entry of a fund book, and publish a quarter of it.
    DecideFund = "decide_fund";
    /// Look into a fund book.
    ReadFund = "read_fund";
    /// See partnerships and what was pledged in them.
    ReadPartnership = "read_partnership";
    /// Propose a partnership between organisations.
    ProposePartnership = "propose_partnership";
    /// Give an organisation's word to a partnership: agree to it, pledge, change a pledge.
    AgreePartnership = "agree_partnership";
    /// End a partnership.
    EndPartnership = "end_partnership";
    /// Use what was pledged, and take a use back.
    DrawPledge = "draw_pledge";
    /// See each use of what was pledged.
    ReadPledgeUses = "read_pledge_uses";
    /// Propose an apprenticeship between oneself and somebody else.
    ProposeApprenticeship = "propose_apprenticeship";
    /// Agree to an apprenticeship, or refuse it.
    AgreeApprenticeship = "agree_apprenticeship";
    /// Ask, as the master, for the next stage of an apprentice.
    AskForStage = "ask_for_stage";
    /// Confirm the next stage of an apprentice, or not.
    ConfirmStage = "confirm_stage";
    /// End an apprenticeship early.
    EndApprenticeship = "end_apprenticeship";
    /// See apprenticeships and what was made in them.
    ReadApprenticeships = "read_apprenticeships";
    /// Write down what an apprentice has made, and that it was shown, sold or withdrawn.
    KeepWorks = "keep_works";
    /// See sites and what the 1+2+N scheme lacks.
    ReadSites = "read_sites";
    /// Write down a site.
    EditSite = "edit_site";
    /// Open slots that people can book at a site, and close them.
    ManageSlots = "manage_slots";
    /// Book a slot for somebody, and cancel it.
    BookAppointment = "book_appointment";
    /// See who has booked.
    ReadBookings = "read_bookings";
    /// Keep on record who came to a slot.
    RecordAppointment = "record_appointment";
    /// Plan who is on duty at a site.
    PlanShifts = "plan_shifts";
    /// Release somebody from a shift.
    ReleaseShift = "release_shift";
    /// See who is on duty at a site.
    ReadShifts = "read_shifts";
    /// Keep on record who held a shift.
    RecordShift = "record_shift";
    /// Open an account for staff.
    CreateStaff = "create_staff";
    /// Give a staff account a new first password.
    ResetPassword = "reset_password";
    /// Lock or unlock an account.
    LockAccount = "lock_account";
    /// Give a role; [`super::may_grant`] says which.
    GrantRole = "grant_role";
    /// Take a role away; [`super::may_revoke`] says which.
    RevokeRole = "revoke_role";
    /// See accounts and their roles.
    ReadAccounts = "read_accounts";
    /// See what is one's own.
    ReadOwn = "read_own";
    /// Take away all that is known of oneself, in plain.
    ExportOwn = "export_own";
    /// List orders.
    ListOrders = "list_orders";
    /// See one order.
    ReadOrder = "read_order";
    /// Load tables of other platforms, see what became of the rows, stop it.
    ImportTable = "import_table";
    /// Enter what is needed on a demand list.
    EnterDemand = "enter_demand";
    /// See demand lists and what stands on them.
    ReadDemand = "read_demand";
    /// Look at a need again, change it, take it off the list, put it back.
    ChangeDemand = "change_demand";
    /// Turn a need into an order.
    PlanDemand = "plan_demand";
    /// Write down who lives together.
    ManageHousehold = "manage_household";
    /// See the measures of the loop.
    ReadMeasures = "read_measures";
    /// See the policies of a region.
    ReadPolicy = "read_policy";
    /// Publish a new version of a policy.
    EditPolicy = "edit_policy";
    /// Record a contact with a resident.
    ContactResident = "contact_resident";
    /// Ask to leave an order out of the measures.
    ProposeExclusion = "propose_exclusion";
    /// Confirm or reject that.
    DecideExclusion = "decide_exclusion";
    /// Hand in a photo.
    UploadPhoto = "upload_photo";
    /// See a photo.
    ReadPhoto = "read_photo";
    /// Search the audit log of a region, or of the installation, and see its chain.
    ReadAudit = "read_audit";
    /// Sign the chain of the audit log.
    CheckpointAudit = "checkpoint_audit";
    /// See what was erased because its time was over.
    ReadRetention = "read_retention";
    /// See a text or photo of others before its content check is passed.
    ReadHeldContent = "read_held_content";
    /// Release or withhold what the content check has held.
    DecideContent = "decide_content";
    /// End a session of somebody else's account.
    EndSessions = "end_sessions";
    /// Register machine clients, see them, renew what they prove themselves with, switch them off and on.
    ManageClients = "manage_clients";
}

impl Action {
    /// Every action, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::PLAIN.iter().copied().chain(Step::ALL.iter().copied().map(Self::Order))
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Order(step) => write!(f, "order.{step}"),
            plain => f.write_str(plain.name()),
        }
    }
}
