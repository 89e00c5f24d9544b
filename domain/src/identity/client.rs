use crate::region::DivisionCode;
use crate::vocabulary;

vocabulary! {
    /// What a machine client may be allowed: each scope with its meaning. Which actions it opens stands in
    /// [`super::Action::who`], and nowhere else.
    pub enum ClientScope = "client-scopes" {
        /// Orders of its division, without texts, names, phone numbers and positions; people under pseudonyms of the client.
        OrdersRead = "orders.read": "读取辖区订单（不含文本、姓名、电话、位置，人员以假名表示）", "read the orders of its division without texts, names, phone numbers and positions", "đọc đơn trong địa bàn, không có văn bản, họ tên, điện thoại, vị trí";
        /// Counts and shares of its division.
        StatisticsRead = "statistics.read": "读取辖区指标与统计", "read the measures and statistics of its division", "đọc chỉ số và thống kê của địa bàn";
        /// Bulk exports of its division.
        ExportRead = "export.read": "批量导出辖区数据", "pull bulk exports of its division", "xuất dữ liệu hàng loạt của địa bàn";
        /// Evaluations by a third party.
        EvaluationWrite = "evaluation.write": "提交第三方评估", "hand in evaluations of a third party", "gửi đánh giá của bên thứ ba";
    }
}

vocabulary! {
    /// How a machine client proves who it is when it asks for a token.
    pub enum ClientAuthentication = "client-authentications" {
        /// With a secret in the header `Authorization` (RFC 6749, 2.3.1).
        SecretBasic = "client_secret_basic": "客户端密钥（Basic）", "a secret, by HTTP Basic", "khóa bí mật qua HTTP Basic";
        /// With a signed assertion (RFC 7523, 2.2): no secret leaves the client.
        PrivateKeyJwt = "private_key_jwt": "私钥签名断言（JWT）", "an assertion signed with its private key", "khẳng định ký bằng khóa riêng";
    }
}

vocabulary! {
    /// With what algorithm a client signs its assertions. Each key has one, and no other is looked at.
    pub enum ClientAlgorithm = "client-algorithms" {
        /// Ed25519 (RFC 8037).
        EdDsa = "EdDSA": "Ed25519", "Ed25519", "Ed25519";
        /// ECDSA with P-256 (RFC 7518).
        Es256 = "ES256": "ECDSA P-256", "ECDSA with P-256", "ECDSA P-256";
        /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518), of 2048 bits or more.
        Rs256 = "RS256": "RSA（2048 位以上）", "RSA of 2048 bits or more", "RSA từ 2048 bit";
    }
}

/// What the token of a machine client allows, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientGrant {
    /// The scopes of the token, each of which the client still holds.
    pub scopes: Vec<ClientScope>,
    /// The division within which they hold, and everything below it.
    pub division: DivisionCode,
}

/// The scopes of a token: those that are asked for, or all that the client holds where none is.
///
/// # Errors
/// The first name that is no scope, or is not the client's: a token never carries more than was granted.
pub fn granted_scopes(held: &[ClientScope], asked: Option<&str>) -> Result<Vec<ClientScope>, String> {
    use crate::vocabulary::Vocabulary as _;
    let names: Vec<&str> = asked.unwrap_or_default().split(' ').filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Ok(held.to_vec());
    }
    let mut scopes = Vec::new();
    for name in names {
        let scope = ClientScope::from_text(name).filter(|scope| held.contains(scope)).ok_or_else(|| name.to_owned())?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::{ClientScope, granted_scopes};

    #[test]
    fn a_token_carries_what_was_asked_for_and_never_more_than_is_held() {
        use ClientScope::{ExportRead, OrdersRead, StatisticsRead};
        let held = [OrdersRead, StatisticsRead];
        assert_eq!(granted_scopes(&held, None), Ok(held.to_vec()));
        assert_eq!(granted_scopes(&held, Some("")), Ok(held.to_vec()));
        assert_eq!(granted_scopes(&held, Some("statistics.read")), Ok(vec![StatisticsRead]));
        assert_eq!(granted_scopes(&held, Some("statistics.read statistics.read")), Ok(vec![StatisticsRead]));
        assert_eq!(granted_scopes(&held, Some("orders.read export.read")), Err("export.read".to_owned()));
        assert_eq!(granted_scopes(&held, Some("everything")), Err("everything".to_owned()));
        assert_eq!(granted_scopes(&[ExportRead], Some("orders.read")), Err("orders.read".to_owned()));
    }
}
