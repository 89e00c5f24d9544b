use crate::vocabulary;

vocabulary! {
    /// What a text of an order is.
    pub enum TextKind = "order-texts" {
        /// What the resident asks for.
        Request = "request": "诉求", "request", "yêu cầu";
        /// Where, in words.
        Address = "address": "地址", "address", "địa chỉ";
        /// A note to a step.
        Note = "note": "备注", "note", "ghi chú";
        /// The work that was done.
        Work = "work": "服务内容", "work", "công việc";
        /// The words of a review.
        Review = "review": "评价内容", "review", "đánh giá";
        /// The words of a contact.
        Contact = "contact": "联系记录", "contact", "liên hệ";
    }
}

vocabulary! {
    /// What a photo shows.
    pub enum PhotoKind = "photo-kinds" {
        /// What is asked for.
        Request = "request": "诉求照片", "photo of the request", "ảnh yêu cầu";
        /// The work that was done.
        Work = "work": "服务照片", "photo of the work", "ảnh công việc";
    }
}

vocabulary! {
    /// Whether a taker is a person or an organisation.
    pub enum TakerKind = "taker-kinds" {
        /// A person.
        Person = "person": "个人", "person", "cá nhân";
        /// A team or another organisation.
        Organisation = "organisation": "组织", "organisation", "tổ chức";
    }
}

vocabulary! {
    /// Which list of orders.
    pub enum OrderList = "order-lists" {
        /// Those that the caller placed or that are for the caller, newest first.
        Mine = "mine": "我的订单", "mine", "của tôi";
        /// Those with an open offer to the caller, newest first.
        Offered = "offered": "派给我的", "offered to me", "được mời";
        /// Those that the caller has taken, newest first.
        Accepted = "accepted": "我接的", "accepted by me", "đã nhận";
        /// Those that a division handles, most pressing first.
        Station = "station": "站点队列", "station", "hàng đợi của trạm";
    }
}
