Feature: An unknown placeholder

  Scenario Outline: Rows
    Given a number <a>
    Then the sum is <total>

    Examples:
      | a |
      | 1 |
