@guide:hypr-mobile-app-changes
Feature: The details of a security key on the phone
  Rename it, delete it, read its login activity.

  Background:
    Given the lab "default"
    And Carol is paired with Azure
    And Carol has tapped "My Security Keys" on the phone
    And Carol has tapped ">" beside "carol.shaw@highlands_azure.com" on the phone

  Scenario: A name that is given stands in My Security Keys
    When Carol taps "Rename" on the phone
    And Carol types "For work" as "Name" on the phone
    And Carol taps "Save" on the phone
    And Carol taps "Back" on the phone
    Then Carol sees "For work" on the phone

  Scenario: The name is the phone's own: Azure goes by another
    Given Carol has tapped "Rename" on the phone
    When Carol types "For work" as "Name" on the phone
    And Carol taps "Save" on the phone
    Then Entra lists the security key of Carol as "HYPR", "attested"

  Scenario: Delete asks first, and Cancel leaves everything as it is
    When Carol taps "Delete" on the phone
    And Carol taps "Cancel" on the phone
    Then Carol sees "Login Activity" on the phone
    And Entra has 1 security key of Carol

  Scenario: The activity begins with the registration
    When Carol taps "Login Activity" on the phone
    Then Carol sees "Registered" on the phone
    And Carol does not see "Signed in" on the phone

  Scenario: The details name account, application and web domain
    Then Carol sees "Carol Shaw" on the phone
    And Carol sees "HighlandsPasskey" on the phone
    And Carol sees "login.microsoft.com" on the phone
