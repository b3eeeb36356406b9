//! `gleaner token`.

use gleaner_net::{TOKEN_BYTES, Token};
use gleaner_service::{Error, Right, ServerFolder, TenantName, TokenRecord};
use gleaner_store::{Clock as _, OsRandom, RandomSource as _, SystemClock};
use zeroize::Zeroizing;

use crate::args::{NewTokenArgs, TokenArgs, TokenUse, TokenVerb, rfc3339};
use crate::byte_text::printable;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{Message, NewTokenLine, TokenLine};
use crate::server_config::ServerConfig;

/// Runs a sub-verb of `token`.
///
/// # Errors
/// Kind `no_such_path` for a tenant that is not there, `usage` for an id of none or several.
pub(crate) fn token(context: &Context, args: &TokenArgs) -> Result<(), Failure> {
    let folder = ServerConfig::read(&args.server)?.folder()?;
    match &args.verb {
        TokenVerb::New(args) => make(context, &folder, args),
        TokenVerb::List { tenant } => list(context, &folder, tenant.as_deref()),
        TokenVerb::Revoke { tenant, id } => revoke(context, &folder, &tenant.parse()?, id),
    }
}

/// Nanoseconds since 1970.
pub(super) fn now_ns() -> i64 {
    SystemClock::new().wall_ns()
}

const fn right_of(verb: TokenUse) -> Right {
    match verb {
        TokenUse::Restore => Right::Read,
        TokenUse::Backup => Right::Append,
        TokenUse::Prune => Right::Maintain,
        TokenUse::Init => Right::Administer,
    }
}

fn make(context: &Context, folder: &ServerFolder, args: &NewTokenArgs) -> Result<(), Failure> {
    let tenant: TenantName = args.tenant.parse()?;
    let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
    OsRandom.fill(&mut *bytes).map_err(|error| Failure::io("random bytes", &error))?;
    let token = Token::from_random(*bytes);
    let made_ns = now_ns();
    let lasts = args.expires.map(|it| i64::try_from(it.as_nanos()).unwrap_or(i64::MAX));
    let record = TokenRecord {
        hash: (*token.hash().as_bytes()).into(),
        label: args.label.clone(),
        rights: args.verbs.iter().map(|verb| right_of(*verb).as_str().to_owned()).collect(),
        made_ns,
        expires_ns: lasts.map(|lasts| made_ns.saturating_add(lasts)),
    };
    folder.registry().change(&tenant, |tenant| {
        tenant.tokens.push(record.clone());
        Ok(())
    })?;
    let text = token.to_text();
    let line = line(&tenant, &record);
    let made = Message::TokenMade(NewTokenLine { line, token: &text });
    let json = context.output.json_line(&made).map(Zeroizing::new);
    let shown = context.output.secret(json.as_ref().map_or(&text, |json| json));
    shown.or_else(|failure| {
        // Nobody has it.
        folder.registry().change(&tenant, |tenant| {
            tenant.tokens.retain(|token| token.hash != record.hash);
            Ok(())
        })?;
        Err(failure)
    })
}

fn list(context: &Context, folder: &ServerFolder, only: Option<&str>) -> Result<(), Failure> {
    let only: Option<TenantName> = only.map(str::parse).transpose()?;
    let tenants = match only {
        None => folder.registry().tenants()?,
        Some(name) => {
            let record = folder.registry().tenant(&name)?.ok_or(Error::NoSuchTenant)?;
            vec![(name, record)]
        }
    };
    let all = tenants.iter().flat_map(|(name, it)| it.tokens.iter().map(move |t| (name, t)));
    let lines: Vec<TokenLine> = all.map(|(name, token)| line(name, token)).collect();
    context.output.document(&lines)?;
    for line in &lines {
        let TokenLine { id, tenant, rights, made, expires, label } = line;
        let expires = expires.as_deref().unwrap_or("never");
        let (rights, label) = (rights.join(","), printable(label.as_bytes()));
        let text = format!("{id}  {tenant}  {rights}  made {made}  expires {expires}  {label}");
        context.output.listing(text.trim_end())?;
    }
    Ok(())
}

fn revoke(
    context: &Context,
    folder: &ServerFolder,
    tenant: &TenantName,
    id: &str,
) -> Result<(), Failure> {
    let revoked = folder.registry().change(tenant, |record| {
        let fits = |token: &TokenRecord| !id.is_empty() && token.id().starts_with(id);
        let found = record.tokens.iter().filter(|token| fits(token)).count();
        match record.tokens.iter().position(fits) {
            Some(at) if found == 1 => Ok(record.tokens.remove(at)),
            _ => Err(Error::NotOneToken { found }),
        }
    })?;
    context.output.text(&format!("revoked token {} of tenant {tenant}", revoked.id()))?;
    context.output.message(&Message::TokenRevoked(line(tenant, &revoked)))
}

fn line(tenant: &TenantName, token: &TokenRecord) -> TokenLine {
    TokenLine {
        id: token.id(),
        tenant: tenant.to_string(),
        rights: token.rights.clone(),
        made: rfc3339(token.made_ns),
        expires: token.expires_ns.map(rfc3339),
        label: token.label.clone(),
    }
}
