Feature: Roles of Control Center
  They are task-based, not hierarchical; the Audit Trail is a switch of each user's own.

  Background:
    Given the lab "default"

  Scenario Outline: <role> may open <page>
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "<role>", Audit Trail Access off
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator opens "<page>"
    Then the administrator sees "<words>"
    And the administrator sees no refusal of the role

    Examples:
      | role         | page                 | words          |
      | Admin        | Audit Trail          | Last 30 days   |
      | App Manager  | Integration Settings | ENABLED        |
      | App Manager  | Access Tokens        | Create Token   |
      | User Manager | User Management      | Pending: 2     |
      | Viewer       | Workstation Settings | Recovery Mode  |

  Scenario Outline: <role> may not <action>
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "<role>", Audit Trail Access off
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator opens "<page>"
    Then the administrator sees "The role <role> may not <action>."

    Examples:
      | role         | page                 | action              |
      | App Manager  | Audit Trail          | see the Audit Trail |
      | User Manager | Integration Settings | see settings        |
      | Viewer       | Access Tokens        | manage applications |
      | Viewer       | Audit Trail          | see the Audit Trail |

  Scenario: A Viewer cannot switch the integration off
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "Viewer", Audit Trail Access off
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator opens "Integration Settings"
    And the administrator clicks "Disable"
    Then the administrator sees "The role Viewer may not manage applications."

  Scenario: An App Manager invites users but deletes none
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "App Manager", Audit Trail Access off
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator opens User Management under Pending
    And the administrator clicks "Delete" beside "carol.shaw@highlands_azure.com"
    Then the administrator sees "The role App Manager may not delete users."

  Scenario: A User Manager deletes users
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "User Manager", Audit Trail Access off
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator deletes Carol in User Management
    Then User Management lists Carol nowhere

  Scenario: Basic Login has no access to Control Center
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "Basic Login", Audit Trail Access on
    When "ailsa@highlandsbank.example" signs in to Control Center
    Then the administrator sees "Your role, Basic Login, has no access to Control Center."

  Scenario: Audit Trail Access lets a Viewer see the Audit Trail
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "Viewer", Audit Trail Access on
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator opens "Audit Trail"
    Then the administrator sees "CREATE_INTEGRATION" in the column "Event"

  Scenario: Every page shows who is signed in, and the role
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "User Manager", Audit Trail Access off
    When "ailsa@highlandsbank.example" signs in to Control Center
    Then the administrator sees "Signed in: ailsa@highlandsbank.example (User Manager)"

  Scenario: Only an Admin administers Control Center Users
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "App Manager", Audit Trail Access off
    And "ailsa@highlandsbank.example" has signed in to Control Center
    When the administrator clicks "Control Center Settings"
    Then the administrator sees "The role App Manager may not administer Control Center."

  Scenario: The list of Control Center Users has HYPR's columns
    Given "ailsa@highlandsbank.example" is a Control Center user with the role "Viewer", Audit Trail Access on
    Then the administrator sees the columns "Name, Username, Email, Last Active, Role, Audit Trail Access, Actions"
    And the administrator sees "Enabled" in the column "Audit Trail Access"

  Scenario: The last Admin cannot be deleted
    When the administrator opens the integrations
    And the administrator clicks "Control Center Settings"
    And the administrator clicks "Delete" beside "admin@highlandsbank.example"
    Then the administrator sees "admin@highlandsbank.example is the last Admin."
