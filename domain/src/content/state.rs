use crate::vocabulary;

vocabulary! {
    /// Where the check of a text or photo stands.
    pub enum ContentState = "content-states" {
        /// Not checked yet, or WeChat's verdict is awaited.
        Pending = "pending": "待检测", "to be checked", "chờ kiểm tra";
        /// WeChat found nothing.
        Passed = "passed": "检测通过", "passed", "đạt";
        /// WeChat is not sure: people look.
        Review = "review": "建议复核", "to be looked at", "cần xem lại";
        /// WeChat advises against it: people look.
        Risky = "risky": "疑似违规", "risky", "có rủi ro";
        /// It could not be checked: people look.
        Unchecked = "unchecked": "未能检测", "could not be checked", "không kiểm tra được";
        /// Staff have decided that others may see it.
        Released = "released": "人工放行", "released by staff", "nhân viên cho hiển thị";
        /// Staff have decided that others may not see it.
        Withheld = "withheld": "不予公开", "withheld by staff", "nhân viên giữ lại";
    }
}

vocabulary! {
    /// What everybody who may see the order is told of a text or photo.
    pub enum Standing = "content-standings" {
        /// Everybody who may see such a text or photo sees it.
        Shown = "shown": "可见", "shown", "hiển thị";
        /// It is being checked; only its author, the station and those above see it.
        Checking = "checking": "检测中", "being checked", "đang kiểm tra";
        /// It stays with its author, the station and those above.
        Withheld = "withheld": "不予公开", "withheld", "không công khai";
    }
}

impl ContentState {
    /// What others are told. Why something is held is not told to them.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::Passed | Self::Released => Standing::Shown,
            Self::Pending | Self::Review | Self::Risky | Self::Unchecked => Standing::Checking,
            Self::Withheld => Standing::Withheld,
        }
    }

    /// Whether it stands in the queue of staff: somebody has to look.
    #[must_use]
    pub const fn is_queued(self) -> bool {
        match self {
            Self::Review | Self::Risky | Self::Unchecked => true,
            Self::Pending | Self::Passed | Self::Released | Self::Withheld => false,
        }
    }

    /// Whether nothing can follow.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Passed | Self::Released | Self::Withheld => true,
            Self::Pending | Self::Review | Self::Risky | Self::Unchecked => false,
        }
    }
}
