//! Messages 消息: what the service tells people without being asked.

use uuid::Uuid;

use crate::vocabulary;

vocabulary! {
    /// What a message is about.
    pub enum MessageKind = "message-kinds" {
        /// Somebody else has placed an order for the person.
        PlacedForYou = "placed_for_you": "有人为您点了单", "An order was placed for you", "Có người đã đặt đơn cho bạn";
        /// The account has placed an order for somebody else.
        PlacedByYou = "placed_by_you": "您已代他人点单", "You placed an order for somebody else", "Bạn đã đặt đơn thay người khác";
        /// A certification of the person is about to expire.
        CertificationExpires = "certification_expires": "您的技能认证即将到期", "Your certification is about to expire", "Chứng nhận tay nghề của bạn sắp hết hạn";
        /// Somebody else has booked for the person; the object is the booking.
        AppointmentBooked = "appointment_booked": "有人为您预约了服务", "An appointment was booked for you", "Có người đã đặt lịch hẹn cho bạn";
        /// Somebody else has cancelled a booking of the person; the object is the booking.
        AppointmentCancelled = "appointment_cancelled": "您的预约已被取消", "Your appointment was cancelled", "Lịch hẹn của bạn đã bị hủy";
        /// A slot that the person has booked does not take place; the object is the booking.
        AppointmentClosed = "appointment_closed": "您预约的时段不再开放", "The time of your appointment was closed", "Khung giờ hẹn của bạn đã đóng";
        /// The person is on a duty roster; the object is the shift.
        ShiftPlanned = "shift_planned": "为您排了班", "You are on the duty roster", "Bạn được xếp ca trực";
        /// Somebody need not come to a shift; the object is the shift.
        ShiftReleased = "shift_released": "班次已撤销", "A shift was released", "Một ca trực đã hủy";
        /// A seat in a training has come free for somebody on the waiting list; the object is the session.
        TrainingSeat = "training_seat": "您候补的培训已有名额", "You have a seat in the training now", "Bạn đã có chỗ trong khóa tập huấn";
        /// Nobody has come to a visit of a care plan.
        VisitMissed = "visit_missed": "照护计划有一次上门漏访", "A visit of a care plan was missed", "Một lần thăm của kế hoạch chăm sóc bị bỏ lỡ";
        /// An emergency is near to where the person is on duty; the object is the order.
        EmergencyNearby = "emergency_nearby": "附近有紧急求助", "There is an emergency nearby", "Có trường hợp khẩn cấp gần bạn";
        /// Somebody asks the person to learn a craft from them, or to teach it; the object is the apprenticeship.
        ApprenticeshipProposed = "apprenticeship_proposed": "有人向您提出拜师学艺", "An apprenticeship was proposed to you", "Có người đề nghị học nghề với bạn";
        /// The other side has agreed to an apprenticeship.
        ApprenticeshipAgreed = "apprenticeship_agreed": "拜师学艺已获对方同意", "Your apprenticeship was agreed to", "Việc học nghề đã được đồng ý";
        /// An apprenticeship of the person was refused or ended.
        ApprenticeshipEnded = "apprenticeship_ended": "师徒关系未成立或已终止", "An apprenticeship was refused or ended", "Việc học nghề bị từ chối hoặc đã kết thúc";
        /// An apprentice has entered the next stage, or has completed the last one.
        ApprenticeshipAdvanced = "apprenticeship_advanced": "学艺已进阶", "An apprentice has advanced", "Người học đã lên bậc";
        /// Staff have not confirmed the next stage.
        ApprenticeshipNotAdvanced = "apprenticeship_not_advanced": "进阶申请未获确认", "The next stage was not confirmed", "Đề nghị lên bậc chưa được xác nhận";
        /// A master asks staff to confirm the next stage of an apprentice.
        ApprenticeshipAsked = "apprenticeship_asked": "有进阶申请待确认", "A stage waits to be confirmed", "Có đề nghị lên bậc chờ xác nhận";
        /// The certification on which an apprenticeship rests has expired or was suspended; staff are told.
        MasterUncertified = "master_uncertified": "师傅的技能认证已失效或暂停", "The certification of a master does not hold any more", "Chứng nhận của thầy không còn hiệu lực";
    }
}

/// Who is told that an order was placed for another (代点单: confirmations go to both): the accounts of the person served, and
/// the account that placed it. Where they are the same there is nothing to confirm.
#[must_use]
pub fn confirmations(placer: Uuid, of_subject: &[Uuid]) -> Vec<(Uuid, MessageKind)> {
    if of_subject.contains(&placer) {
        return Vec::new();
    }
    let to_subject = of_subject.iter().map(|account| (*account, MessageKind::PlacedForYou));
    to_subject.chain([(placer, MessageKind::PlacedByYou)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{MessageKind, confirmations};
    use uuid::Uuid;

    #[test]
    fn both_sides_are_told() {
        let [daughter, mother, again] = [1, 2, 3].map(Uuid::from_u128);
        let told = confirmations(daughter, &[mother, again]);
        assert_eq!(told, [(mother, MessageKind::PlacedForYou), (again, MessageKind::PlacedForYou), (daughter, MessageKind::PlacedByYou)]);
        assert_eq!(confirmations(daughter, &[]), [(daughter, MessageKind::PlacedByYou)], "whoever has no account cannot be told here");
        assert_eq!(confirmations(mother, &[mother]), [], "who places for themselves knows");
    }
}
