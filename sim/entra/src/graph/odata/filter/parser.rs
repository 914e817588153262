//! Reading a filter: `or` binds loosest, then `and`, then `not`.

use super::{Expression, Filter, Literal, Operator, Path, Root, TextFunction};
use crate::graph::error::GraphError;
use crate::graph::odata::lexer::{self, Token};
use crate::graph::odata::{Resource, Rules, canonical};

/// How deep expressions may nest, so that no query exhausts the stack.
const DEPTH_MAX: usize = 40;

struct Parser<'t, R> {
    rest: &'t [Token],
    text: &'t str,
    depth: usize,
    /// The variable of the lambda that is being read.
    variable: Option<String>,
    is_advanced: bool,
    resource: std::marker::PhantomData<fn(&R)>,
}

impl Filter {
    pub(in crate::graph::odata) fn parse<R: Resource>(text: &str) -> Result<Self, GraphError> {
        let tokens = lexer::tokens(text).ok_or_else(|| unterminated(text))?;
        let mut parser = Parser::<R> {
            rest: &tokens,
            text,
            depth: 0,
            variable: None,
            is_advanced: false,
            resource: std::marker::PhantomData,
        };
        let root = parser.or()?;
        if !parser.rest.is_empty() {
            return Err(unsupported(text));
        }
        Ok(Self { root, is_advanced: parser.is_advanced, text: text.to_owned() })
    }
}

impl<R: Resource> Parser<'_, R> {
    fn or(&mut self) -> Result<Expression, GraphError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(unsupported(self.text));
        }
        let mut left = self.and()?;
        while self.word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, GraphError> {
        let mut left = self.unary()?;
        while self.word("and") {
            left = Expression::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, GraphError> {
        let mut negations = 0_usize;
        while self.word("not") {
            self.is_advanced = true;
            negations += 1;
        }
        let inner = self.primary()?;
        Ok(if negations % 2 == 1 { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn primary(&mut self) -> Result<Expression, GraphError> {
        if self.mark('(') {
            let inner = self.or()?;
            self.expect(')')?;
            return Ok(inner);
        }
        let name = self.next_word()?;
        if !self.mark('(') {
            let path = self.path(&name)?;
            return self.comparison(path);
        }
        if let Some(collection) = name.strip_suffix("/any") {
            return self.any(collection);
        }
        self.text_function(&name)
    }

    fn comparison(&mut self, path: Path) -> Result<Expression, GraphError> {
        let operator = match self.next_word()?.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            "in" => return self.list(path),
            _ => return Err(unsupported(self.text)),
        };
        self.is_advanced |= operator == Operator::Ne;
        let literal = self.literal()?;
        Ok(Expression::Compare(path, operator, literal))
    }

    fn list(&mut self, path: Path) -> Result<Expression, GraphError> {
        self.expect('(')?;
        let mut literals = vec![self.literal()?];
        while self.mark(',') {
            literals.push(self.literal()?);
        }
        self.expect(')')?;
        Ok(Expression::In(path, literals))
    }

    /// After `name/any(`.
    fn any(&mut self, name: &str) -> Result<Expression, GraphError> {
        let path = self.path(name)?;
        // Navigation takes the index of advanced queries.
        self.is_advanced |= matches!(path.root, Root::Navigation(_));
        if self.mark(')') {
            return Ok(Expression::Any(path, None));
        }
        let variable = self.next_word()?;
        self.expect(':')?;
        let outer = self.variable.replace(variable);
        if outer.is_some() {
            return Err(unsupported(self.text));
        }
        let condition = self.or()?;
        self.variable = outer;
        self.expect(')')?;
        Ok(Expression::Any(path, Some(Box::new(condition))))
    }

    /// After `name(`; `eq true` may follow, as OData has it.
    fn text_function(&mut self, name: &str) -> Result<Expression, GraphError> {
        let function = match name.to_ascii_lowercase().as_str() {
            "startswith" => TextFunction::StartsWith,
            "endswith" => TextFunction::EndsWith,
            "contains" if R::RULES == Rules::Plain => TextFunction::Contains,
            _ => return Err(unsupported(self.text)),
        };
        self.is_advanced |= function == TextFunction::EndsWith;
        let property = self.next_word()?;
        let path = self.path(&property)?;
        self.expect(',')?;
        let [Token::Text(wanted), rest @ ..] = self.rest else { return Err(unsupported(self.text)) };
        self.rest = rest;
        self.expect(')')?;
        let found = Expression::Text(function, path, wanted.clone());
        if !self.word("eq") {
            return Ok(found);
        }
        match self.literal()? {
            Literal::Bool(true) => Ok(found),
            Literal::Bool(false) => Ok(Expression::Not(Box::new(found))),
            _ => Err(unsupported(self.text)),
        }
    }

    fn path(&mut self, text: &str) -> Result<Path, GraphError> {
        let mut names = text.split('/');
        let first = names.next().unwrap_or_default();
        let rest: Vec<String> = names.map(str::to_owned).collect();
        self.is_advanced |= rest.last().is_some_and(|name| name == "$count");
        let root = if self.variable.as_deref() == Some(first) {
            Root::Variable
        } else if let Some(name) = R::NAVIGATION.iter().find(|known| known.eq_ignore_ascii_case(first)) {
            Root::Navigation(name)
        } else {
            Root::Property(canonical::<R>(first)?)
        };
        Ok(Path { root, rest })
    }

    fn literal(&mut self) -> Result<Literal, GraphError> {
        let literal = match self.rest {
            [Token::Text(text), ..] => Literal::Text(text.clone()),
            [Token::Word(word), ..] => bare_literal(word).ok_or_else(|| unsupported(self.text))?,
            _ => return Err(unsupported(self.text)),
        };
        self.rest = &self.rest[1..];
        Ok(literal)
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.rest, [Token::Word(word), ..] if word == wanted);
        self.rest = &self.rest[usize::from(found)..];
        found
    }

    fn mark(&mut self, wanted: char) -> bool {
        let found = matches!(self.rest, [Token::Mark(mark), ..] if *mark == wanted);
        self.rest = &self.rest[usize::from(found)..];
        found
    }

    fn expect(&mut self, mark: char) -> Result<(), GraphError> {
        if self.mark(mark) { Ok(()) } else { Err(unsupported(self.text)) }
    }

    fn next_word(&mut self) -> Result<String, GraphError> {
        let [Token::Word(word), rest @ ..] = self.rest else { return Err(unsupported(self.text)) };
        self.rest = rest;
        Ok(word.clone())
    }
}

/// `null`, `true`, a number, a GUID, a date or an instant.
fn bare_literal(word: &str) -> Option<Literal> {
    let time = |text: &str| text.parse().ok().map(Literal::Time);
    match word {
        "null" => Some(Literal::Null),
        "true" => Some(Literal::Bool(true)),
        "false" => Some(Literal::Bool(false)),
        _ if uuid::Uuid::try_parse(word).is_ok() && word.len() == 36 => Some(Literal::Text(word.to_owned())),
        _ if word.parse::<f64>().is_ok_and(f64::is_finite) => word.parse().ok().map(Literal::Number),
        _ => time(word).or_else(|| time(&format!("{word}T00:00:00Z"))),
    }
}

fn unterminated(text: &str) -> GraphError {
    GraphError::bad_request(format!("Invalid filter clause: There is an unterminated string literal in '{text}'."))
}

fn unsupported(text: &str) -> GraphError {
    GraphError::unsupported_query(format!("Unsupported or invalid query filter clause specified: {text}"))
}
