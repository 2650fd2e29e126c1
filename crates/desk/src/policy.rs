//! Who may have a tool called: policies/tools.cedar decides, and what it does not permit is refused.

use std::collections::{HashMap, HashSet};

use assistant::{Confirm, Effect, IdentityLevel, Tool};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};

const SCHEMA: &str = include_str!("../../../policies/tools.cedarschema");
const POLICIES: &str = include_str!("../../../policies/tools.cedar");

/// The checked policies. Deciding takes no lock and no input or output.
pub(crate) struct Policies {
    authorizer: Authorizer,
    policies: PolicySet,
    schema: Schema,
    assistant: EntityTypeName,
    customer: EntityTypeName,
    tool: EntityTypeName,
    read: EntityUid,
    write: EntityUid,
}

/// One call that waits for its decision.
pub(crate) struct ToolRequest<'a> {
    pub(crate) tool: &'a Tool,
    /// The verified customer's own id; `None` for someone unknown.
    pub(crate) customer: Option<&'a str>,
    pub(crate) identity: IdentityLevel,
    /// Whose data the finished request names.
    pub(crate) subject: Option<&'a str>,
    pub(crate) confirmation: Confirmation,
    /// The largest amount of money in the arguments.
    pub(crate) cents: Option<i64>,
    /// How often this conversation has called the tool before.
    pub(crate) calls: u32,
}

/// Whether the customer has pressed the button under this very call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    Given,
    NotGiven,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    Allowed,
    Refused(Refusal),
}

/// Why a call is refused; in the order in which one is told when there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refusal {
    NotIdentified,
    OtherCustomer,
    TooManyCalls,
    OverLimit,
    NotConfirmed,
    /// No policy permits it.
    NotPermitted,
}

impl Refusal {
    fn of(code: &str) -> Option<Self> {
        match code {
            "not-identified" => Some(Self::NotIdentified),
            "other-customer" => Some(Self::OtherCustomer),
            "too-many-calls" => Some(Self::TooManyCalls),
            "over-limit" => Some(Self::OverLimit),
            "not-confirmed" => Some(Self::NotConfirmed),
            _ => None,
        }
    }
}

/// The policies inside the program are wrong, which their test tells first.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// They are not Cedar.
    #[error("policies/tools.cedar or its schema is not understood: {0}")]
    Syntax(String),
    /// They do not fit their schema, or a refusal has no known code.
    #[error("policies/tools.cedar does not fit its schema: {0}")]
    Invalid(String),
}

impl Policies {
    /// Reads and validates the policies inside the program.
    pub(crate) fn new() -> Result<Self, PolicyError> {
        Self::of(SCHEMA, POLICIES)
    }

    fn of(schema: &str, policies: &str) -> Result<Self, PolicyError> {
        let syntax = |error: String| PolicyError::Syntax(error);
        let (schema, _) = Schema::from_cedarschema_str(schema).map_err(|error| syntax(error.to_string()))?;
        let policies: PolicySet =
            policies.parse().map_err(|error: cedar_policy::ParseErrors| syntax(error.to_string()))?;
        // A policy that meets an error is left out of the decision; what is validated strictly meets none.
        let found = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !found.validation_passed_without_warnings() {
            return Err(PolicyError::Invalid(found.to_string()));
        }
        let unknown = policies
            .policies()
            .filter_map(|policy| policy.annotation("refusal"))
            .find(|code| Refusal::of(code).is_none());
        if let Some(code) = unknown {
            return Err(PolicyError::Invalid(format!("@refusal({code:?}) is not known")));
        }
        let kind = |name: &str| name.parse::<EntityTypeName>().map_err(|error| syntax(error.to_string()));
        let action = |name: &str| name.parse::<EntityUid>().map_err(|error| syntax(error.to_string()));
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            schema,
            assistant: kind("Assistant")?,
            customer: kind("Customer")?,
            tool: kind("Tool")?,
            read: action("Action::\"read\"")?,
            write: action("Action::\"write\"")?,
        })
    }

    /// Decides one call.
    pub(crate) fn decide(&self, request: &ToolRequest<'_>) -> Ruling {
        // What cannot be put before the policies is not permitted by them.
        let Ok((request, entities)) = self.put(request) else {
            return Ruling::Refused(Refusal::NotPermitted);
        };
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        let diagnostics = response.diagnostics();
        match (response.decision(), diagnostics.errors().next()) {
            (Decision::Allow, None) => Ruling::Allowed,
            (Decision::Allow | Decision::Deny, _) => {
                let refusals = diagnostics
                    .reason()
                    .filter_map(|id| Refusal::of(self.policies.annotation(id, "refusal")?));
                Ruling::Refused(refusals.min().unwrap_or(Refusal::NotPermitted))
            }
        }
    }

    fn put(&self, request: &ToolRequest<'_>) -> Result<(Request, Entities), Box<dyn std::error::Error>> {
        let long = RestrictedExpression::new_long;
        let customer = |id: &str| EntityUid::from_type_name_and_id(self.customer.clone(), EntityId::new(id));
        // Nobody is a customer of no name: a verified id is never empty.
        let acts_for = customer(request.customer.unwrap_or_default());
        let assistant =
            EntityUid::from_type_name_and_id(self.assistant.clone(), EntityId::new("conversation"));
        let tool = EntityUid::from_type_name_and_id(self.tool.clone(), EntityId::new(&request.tool.name));
        let limits = &request.tool.limits;
        let mut declared = HashMap::from([
            ("identity".to_owned(), long(level(request.tool.identity))),
            ("confirm".to_owned(), RestrictedExpression::new_bool(request.tool.confirm == Confirm::Needed)),
            ("most_calls".to_owned(), long(i64::from(limits.calls))),
        ]);
        declared.extend(limits.cents.map(|cents| ("most_cents".to_owned(), long(cents))));
        let identity = HashMap::from([("identity".to_owned(), long(level(request.identity)))]);
        let acting =
            HashMap::from([("acts_for".to_owned(), RestrictedExpression::new_entity_uid(acts_for.clone()))]);
        let mut entities = vec![
            Entity::new(acts_for.clone(), identity, HashSet::new())?,
            Entity::new(assistant.clone(), acting, HashSet::new())?,
            Entity::new(tool.clone(), declared, HashSet::new())?,
        ];
        let confirmed = request.confirmation == Confirmation::Given;
        let mut call = vec![
            ("confirmed".to_owned(), RestrictedExpression::new_bool(confirmed)),
            ("calls".to_owned(), long(i64::from(request.calls))),
        ];
        if let Some(subject) = request.subject.map(customer) {
            if subject != acts_for {
                entities.push(Entity::new(
                    subject.clone(),
                    HashMap::from([("identity".to_owned(), long(0))]),
                    HashSet::new(),
                )?);
            }
            call.push(("subject".to_owned(), RestrictedExpression::new_entity_uid(subject)));
        }
        call.extend(request.cents.map(|cents| ("cents".to_owned(), long(cents))));
        let action = match request.tool.effect {
            Effect::Read => self.read.clone(),
            Effect::Write => self.write.clone(),
        };
        let context = Context::from_pairs(call)?;
        let put = Request::new(assistant, action, tool, context, Some(&self.schema))?;
        Ok((put, Entities::from_entities(entities, Some(&self.schema))?))
    }
}

fn level(level: IdentityLevel) -> i64 {
    match level {
        IdentityLevel::None => 0,
        IdentityLevel::Signed => 1,
        IdentityLevel::Code => 2,
    }
}

#[cfg(test)]
mod tests;
