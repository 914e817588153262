# A comment.
@data @feature-tag
Feature: Steps that hold
  Two lines of
  description.

  Background:
    Given a number 1

  @plain
  Scenario: Addition
    When 2 is added
    Then the sum is 3

  @outlined
  Scenario Outline: Adding <a> makes <sum>
    When <a> is added
    Then the sum is <sum>

    @small
    Examples: small
      A description of these rows.

      | a | sum |
      | 1 | 2   |
      # an aside
      | 2 | 3   |

    Examples: large
      | a   | sum |
      | 100 | 101 |

  Rule: Tables and texts arrive
    Background:
      Given a number 10

    @table
    Example: A table
      When the numbers of the table are added
        | 1 |
        | 2 |
      Then the sum is 13

    Scenario: A text
      * a text:
        """markdown
        # no comment
        one | two
        """
