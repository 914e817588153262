Feature: Examples without a row

  Scenario Outline: None
    Given a number <a>

    Examples:
      | a |
