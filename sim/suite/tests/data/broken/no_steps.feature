Feature: Steps that are taken for a description

  Scenario: All misspelt
    Givn a number 1
    Thn the sum is 1
