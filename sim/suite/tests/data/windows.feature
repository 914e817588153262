Feature: Saved on Windows

  Scenario: Lines end in two characters
    Given a number 1
    Then the sum is 1
