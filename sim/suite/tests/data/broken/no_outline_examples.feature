Feature: An outline without examples

  Scenario Outline: None
    Given a number <a>
