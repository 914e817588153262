Feature: A scenario that would be lost in silence

  Scenari: Lost
    Given a number 1

  Scenario: Found
    Given a number 1
