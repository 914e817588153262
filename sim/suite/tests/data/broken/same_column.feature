Feature: Two columns of one name

  Scenario Outline: Twice
    Given a number <a>

    Examples:
      | a | a |
      | 1 | 2 |
