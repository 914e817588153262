Feature: Audit Trail
  The last hour by default, quick filters, a calendar, a search, an export, and an API for programs.

  Scenario Outline: A documented event name: <event>
    Given the lab "not-integrated"
    And the administrator adds a new integration
    And the administrator has enabled the integration
    And the administrator has disabled the integration
    When the administrator opens the integrations
    And the administrator clicks "Control Center Settings"
    And the administrator clicks "Audit Trail"
    Then the administrator sees "<event>" in the column "Event"
    And the administrator sees "<message>" in the column "Message"

    Examples:
      | event               | message                                    |
      | LOGIN               | The user logged in to Control Center.      |
      | CREATE_INTEGRATION  | Successfully added an IdP integration.     |
      | ENABLE_INTEGRATION  | Successfully enabled the IdP integration.  |
      | DISABLE_INTEGRATION | Successfully disabled the IdP integration. |

  Scenario: A deleted integration and a sign-out are in the trail of everything
    Given the lab "default"
    When the administrator opens "Integration Settings"
    And the administrator clicks "Delete Integration"
    And the administrator clicks "Delete"
    And the administrator clicks "Sign Out"
    And the administrator opens the integrations
    And the administrator clicks "Control Center Settings"
    And the administrator clicks "Audit Trail"
    Then the administrator sees "DELETE_INTEGRATION" in the column "Event"
    And the administrator sees "LOGOUT" in the column "Event"

  Scenario: The lab's own names are marked as such
    Given the lab "default"
    When the administrator opens "Audit Trail"
    Then the administrator sees "Names that start with LAB_ are the lab's own"

  Scenario: The page begins with the last hour
    Given the lab "default"
    When 61 minutes pass
    And the administrator opens "Audit Trail"
    Then the administrator sees "No events."

  Scenario: Today reaches back to midnight
    Given the lab "default"
    When 61 minutes pass
    And the administrator opens "Audit Trail"
    And the administrator clicks "Today"
    Then the administrator sees "CREATE_INTEGRATION" in the column "Event"

  Scenario: Yesterday ends at midnight
    Given the lab "default"
    When 24 hours pass
    And the administrator opens "Audit Trail"
    And the administrator clicks "Yesterday"
    Then the administrator sees "CREATE_INTEGRATION" in the column "Event"

  Scenario Outline: <filter> no longer shows what is older
    Given the lab "default"
    When <days> days pass
    And the administrator opens "Audit Trail"
    And the administrator clicks "<filter>"
    Then the administrator sees "No events."

    Examples:
      | filter       | days |
      | Yesterday    | 2    |
      | Last 7 days  | 8    |
      | Last 30 days | 31   |

  Scenario: The calendar takes a start and an end
    Given the lab "default"
    When 3 days pass
    And the administrator opens "Audit Trail"
    And the administrator types "2027-03-01 08:59:59" as "Start date"
    And the administrator types "2027-03-01 09:00:01" as "End date"
    And the administrator clicks "Apply"
    Then the administrator sees "CREATE_INTEGRATION" in the column "Event"

  Scenario: What is no date is refused
    Given the lab "default"
    When the administrator opens "Audit Trail"
    And the administrator types "yesterday" as "Start date"
    And the administrator clicks "Apply"
    Then the administrator sees "is no date and time, for example 2027-03-01 09:00:00."

  Scenario: A search finds the events of a user
    Given the lab "default"
    When the administrator opens "Audit Trail"
    And the administrator types "dave.munro" as "Search"
    And the administrator clicks "Apply"
    Then the administrator sees "dave.munro@highlands_azure.com" in the column "Username"
    And the administrator does not see "carol.shaw@highlands_azure.com"

  Scenario: The details of an event have HYPR's fields
    Given the lab "not-integrated"
    And the administrator adds a new integration
    When the administrator opens "Audit Trail"
    And the administrator clicks "Details" beside "CREATE_INTEGRATION"
    Then the administrator sees "RELYING_PARTY_SERVER"
    And the administrator sees "traceId"
    And the administrator sees "additionalDetails"

  Scenario: The export holds what the page's filter leaves
    Given the lab "default"
    When the administrator opens "Audit Trail"
    And the administrator clicks "Export"
    Then the exported audit trail has the event "CREATE_INTEGRATION"
    And the exported audit trail has no event "LOGIN"

  Rule: Programs search by access token
    Background:
      Given the lab "default"

    Scenario: A token for reporting searches the audit trail, page by page
      When the administrator creates an access token of "controlCenterAdmin" for "Reporting"
      Then a script with the access token gets 2 of the audit trail's records, the first of them "CREATE_INTEGRATION"

    Scenario Outline: A token of <application> for <permission> is under-privileged
      When the administrator creates an access token of "<application>" for "<permission>"
      Then a script with the access token is refused with 403

      Examples:
        | application        | permission      |
        | controlCenterAdmin | User Management |
        | HighlandsPasskey   | Reporting       |

    Scenario: The token is shown once
      When the administrator creates an access token of "controlCenterAdmin" for "Reporting"
      And the administrator opens "Access Tokens" of the application "controlCenterAdmin"
      Then the administrator sees "script" in the column "Name"
      And the administrator does not see "hypap-"

    Scenario: A token that nobody uses ends after thirty days
      Given the administrator has created an access token of "controlCenterAdmin" for "Reporting"
      When 30 days pass
      Then a script with the access token is refused with 403

    Scenario: Each use gives the token another thirty days
      Given the administrator has created an access token of "controlCenterAdmin" for "Reporting"
      And a script has used the access token after 29 days
      When 29 days pass
      Then a script with the access token is not refused

    Scenario: A revoked token is refused
      Given the administrator has created an access token of "controlCenterAdmin" for "Reporting"
      When the administrator clicks "Revoke" beside "script"
      Then a script with the access token is refused with 403

    Scenario: Making and revoking a token is written down by HYPR's names
      Given the administrator has created an access token of "controlCenterAdmin" for "Reporting"
      When the administrator clicks "Revoke" beside "script"
      And the administrator opens "Audit Trail" of the application "controlCenterAdmin"
      Then the administrator sees "ACCESS_TOKEN_CREATE" in the column "Event"
      And the administrator sees "ACCESS_TOKEN_REVOKE" in the column "Event"
