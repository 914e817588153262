//! The sign-in form: whose name stands on it, the method chosen, and what has been typed.

use clockwork::{Field, Screen};

use super::{Account, Method, words};

pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const OPTIONS: &str = "Sign-in options";
pub(super) const PASSWORD: &str = "Password";
pub(super) const SECURITY_KEY: &str = "Security key";
pub(super) const OTHER_USER: &str = "Other User";
pub(super) const CANCEL: &str = "Cancel";
const USER_NAME: &str = "User name";

/// The ways that "Sign-in options" offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tiles {
    PasswordOnly,
    WithSecurityKey,
}

/// The form.
pub(super) struct Form {
    /// `None` is "Other User".
    account: Option<Account>,
    method: Method,
    options: Options,
    user_name: String,
    password: String,
    messages: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Options {
    Hidden,
    Shown,
}

impl Form {
    /// The form for an account that has signed in before.
    pub(super) fn for_account(account: Account, method: Method) -> Self {
        Self { account: Some(account), ..Self::for_other_user(method) }
    }

    /// The form for anybody.
    pub(super) fn for_other_user(method: Method) -> Self {
        Self {
            account: None,
            method,
            options: Options::Hidden,
            user_name: String::new(),
            password: String::new(),
            messages: Vec::new(),
        }
    }

    pub(super) fn method(&self) -> Method {
        self.method
    }

    /// The name on the screen.
    pub(super) fn title(&self) -> &str {
        self.account.as_ref().map_or(OTHER_USER, |account| &account.name)
    }

    pub(super) fn choose(&mut self, method: Method) {
        self.method = method;
        self.options = Options::Hidden;
        self.messages.clear();
    }

    pub(super) fn show_options(&mut self) {
        self.options = Options::Shown;
    }

    /// Replaces the messages.
    pub(super) fn say<const N: usize>(&mut self, messages: [String; N]) {
        self.messages = messages.into();
    }

    pub(super) fn handle_text(&mut self, field: &str, text: &str) {
        let typed = if field == USER_NAME { &mut self.user_name } else { &mut self.password };
        text.clone_into(typed);
    }

    /// User name and password; the password is gone from the form afterwards.
    pub(super) fn take_credentials(&mut self) -> (String, String) {
        let user_name = self.account.as_ref().map_or_else(|| self.user_name.clone(), |account| account.upn.clone());
        (user_name, std::mem::take(&mut self.password))
    }

    /// The screen; `last` is the account that can be gone back to.
    pub(super) fn screen(&self, tiles: Tiles, last: Option<&Account>) -> Screen {
        let mut texts: Vec<&str> = self.account.iter().map(|account| account.upn.as_str()).collect();
        if self.method == Method::SecurityKey {
            texts.push(words::WITH_KEY);
        }
        texts.extend(self.messages.iter().map(String::as_str));
        let mut screen = Screen::new(self.title(), &texts, &self.buttons(tiles, last));
        screen.fields = self.fields();
        screen
    }

    fn buttons<'a>(&'a self, tiles: Tiles, last: Option<&'a Account>) -> Vec<&'a str> {
        let mut buttons = vec![SIGN_IN, OPTIONS];
        if self.options == Options::Shown {
            buttons.push(PASSWORD);
            if tiles == Tiles::WithSecurityKey {
                buttons.push(SECURITY_KEY);
            }
        }
        match (&self.account, last) {
            (Some(_), _) => buttons.push(OTHER_USER),
            (None, Some(last)) => buttons.push(&last.name),
            (None, None) => {}
        }
        buttons
    }

    fn fields(&self) -> Vec<Field> {
        let password = Field { label: PASSWORD.into(), value: "●".repeat(self.password.chars().count()) };
        match (self.method, &self.account) {
            (Method::SecurityKey, _) => Vec::new(),
            (Method::Password, Some(_)) => vec![password],
            (Method::Password, None) => {
                vec![Field { label: USER_NAME.into(), value: self.user_name.clone() }, password]
            }
        }
    }
}
