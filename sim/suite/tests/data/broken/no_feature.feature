Scenario: Without a feature
  Given a number 1
