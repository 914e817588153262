Feature: Saved as Latin-1

  Scenario: Café
    Given a number 1
