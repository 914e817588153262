Feature: <Odd> & "names" 'here' ]]>   ￾

  @a<b>&"c"
  Scenario: ]]> <!-- </script> [2J  ￾￿ é 🔑
    Given a number 1
    When the step panics with "]]> <b> & [31m   ￿"
