Feature: A misspelt keyword

  Scenario: Late
    Given a number 1
    Whenn 2 is added
    Then the sum is 3
