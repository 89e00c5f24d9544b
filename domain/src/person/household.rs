use crate::vocabulary;

vocabulary! {
    /// What somebody is to the head of a household.
    pub enum HouseholdRelation = "household-relations" {
        /// 户主.
        Head = "head": "户主", "head", "chủ hộ";
        /// 配偶.
        Spouse = "spouse": "配偶", "spouse", "vợ hoặc chồng";
        /// 子女.
        Child = "child": "子女", "child", "con";
        /// 父母.
        Parent = "parent": "父母", "parent", "cha mẹ";
        /// 孙子女.
        Grandchild = "grandchild": "孙子女", "grandchild", "cháu";
        /// 祖父母.
        Grandparent = "grandparent": "祖父母", "grandparent", "ông bà";
        /// 兄弟姐妹.
        Sibling = "sibling": "兄弟姐妹", "sibling", "anh chị em";
        /// 其他.
        Other = "other": "其他", "other", "khác";
    }
}
