Feature: Steps that do not hold

  Scenario: A panic
    Given a number 1
    When the step panics with "<b>boom</b>"
    Then the sum is 1

  Scenario: An error
    Given a number 1
    Then the sum is 5

  Scenario: Undefined
    Given a nombre 1
    Then the sum is 1

  Scenario: Ambiguous
    When something has two meanings

  Scenario: Passes among failures
    Given a number 1
