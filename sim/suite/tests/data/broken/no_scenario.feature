Feature: A scenario that is taken for a description

  Scenaro: Misspelt
    Given a number 1
