Feature: A text that does not end

  Scenario: Open
    Given a text:
      """
      open
    Then the sum is 1
