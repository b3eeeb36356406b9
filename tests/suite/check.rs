//! Goal: a check looks at what it was asked for, says what damage costs, goes on where the one
//! before stopped, takes no work of others for damage, and changes nothing.
//! Method: small repositories in memory, of a data pack and a tree pack for each snapshot; damage
//! is planted, calls are disturbed. If this fails, a user trusts a pack that nobody read, or
//! repairs what is whole.

mod subject;

mod beside_others;
mod findings;
mod resume;
mod selection;
mod writes_nothing;
