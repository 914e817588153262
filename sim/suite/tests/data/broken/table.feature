Feature: A short row

  Scenario Outline: Rows
    Given a number <a>
    Then the sum is <b>

    Examples:
      | a | b |
      | 1 | 1 |
      | 2 |
