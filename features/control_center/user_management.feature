@guide:user-management
Feature: Integration User Management
  Three tabs instead of two, the columns of the guide, and accounts that are confirmed with Entra when the page is opened.

  Scenario: The lists have the guide's columns
    Given the lab "default"
    When the administrator opens User Management under Pending
    Then the administrator sees the columns "Email, Username, Name, Device Count, Last Active, Actions"
    And the administrator sees "Options" in the column "Actions"

  Scenario: Somebody invited has no device and was never active
    Given the lab "default"
    When the administrator opens User Management under Pending
    Then the administrator sees "Carol Shaw" in the column "Name"
    And the administrator sees "0" in the column "Device Count"
    And the administrator sees "" in the column "Last Active"

  Scenario: A paired user has a device and the time of the last activity
    Given the lab "default"
    And Carol is paired with HYPR
    When the administrator opens User Management under Paired with HYPR
    Then the administrator sees "1" in the column "Device Count"
    And the administrator sees "carol.shaw@highlands_azure.com" in the column "Username"
    And the administrator does not see "Enrolled"

  Scenario: Delete asks before it deletes
    Given the lab "default"
    When the administrator opens User Management under Pending
    And the administrator clicks "Delete" beside "carol.shaw@highlands_azure.com"
    Then the administrator sees "cannot be undone"
    And the administrator can click "Cancel"

  Scenario: A search finds by name, whatever the case of the letters
    Given the lab "default"
    When the administrator opens User Management under Pending
    And the administrator types "MUNRO" as "Search"
    And the administrator clicks "Find"
    Then the administrator sees "Dave Munro" in the column "Name"
    And the administrator does not see "Carol Shaw"

  Scenario: A search that finds nobody says so
    Given the lab "default"
    When the administrator opens User Management under Pending
    And the administrator types "Mallory" as "Search"
    And the administrator clicks "Find"
    Then the administrator sees "No users in the tab Pending match Mallory."

  Scenario: Twenty users stand on a page
    Given the lab "many-users"
    When the administrator opens User Management under Pending
    Then the administrator sees "Users 1 to 20 of 23"
    And the administrator sees 20 lines

  Scenario: Next leads to the others
    Given the lab "many-users"
    When the administrator opens User Management under Pending
    And the administrator clicks "Next"
    Then the administrator sees "Users 21 to 23 of 23"
    And the administrator sees 3 lines
    And the administrator cannot click "Next"

  Scenario: Opening the page confirms twenty-three accounts in two batches
    Given the lab "many-users"
    When the administrator opens "User Management"
    Then Control Center has confirmed the accounts in 2 batches

  Scenario: Graph is busy when the page is opened
    Given the lab "default"
    And Carol is paired with Azure
    And an administrator has suspended the account of Carol in Entra
    And Graph answers 503 once to Control Center
    When the administrator opens "User Management"
    Then within 2 seconds the administrator sees "Paired with Azure: 1"
    And the administrator does not see "could not be confirmed"

  Scenario: An account that is let in again loses the icon
    Given the lab "default"
    And Carol is paired with Azure
    And an administrator has suspended the account of Carol in Entra
    And the administrator has opened User Management under Paired with Azure
    When an administrator lifts the suspension of Carol in Entra
    And the administrator opens User Management under Paired with Azure
    Then the administrator does not see "Azure pairing no longer exists"

  Scenario: An account that was removed from Entra
    Given the lab "default"
    And Carol is paired with Azure
    When an administrator deletes the account of Carol in Entra
    Then User Management shows "The account no longer exists in Entra." beside Carol under Paired with Azure
