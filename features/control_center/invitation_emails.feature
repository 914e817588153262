@guide:invitation-emails
Feature: Invitation e-mails
  They inform and no more: no link in them pairs anything.

  Scenario: An invited user gets an e-mail
    Given the lab "uninvited"
    When the administrator invites Carol
    Then the administrator sees "carol.shaw@highlands_azure.com was invited."
    And Carol has an e-mail "You are invited to HYPR Enterprise Passkey"

  Scenario: The e-mail only informs, and links to Pairing with HYPR
    Given the lab "uninvited"
    When the administrator invites Carol
    Then Carol has an e-mail "This message only informs you."
    And Carol has an e-mail "https://docs.hypr.com/hyprcloud/docs/cc-std-integrations-hypr-enterprise-passkey#pairing-with-hypr"

  Scenario: The e-mail holds no magic link
    Given the lab "uninvited"
    When the administrator invites Carol
    Then Carol has 1 e-mail
    And Carol has no e-mail "highlandsbank.gethypr.com"

  Scenario: Nobody else is written to
    Given the lab "uninvited"
    When the administrator invites Carol
    Then Dave has 0 e-mails

  Scenario: Somebody whom Entra does not know is not written to
    Given the lab "default"
    When an administrator deletes the account of Carol in Entra
    And the administrator invites Carol
    Then the administrator sees "Request_ResourceNotFound"
    And Carol has 1 e-mail

  Scenario: Whoever has paired is not invited again
    Given the lab "default"
    And Carol is paired with HYPR
    When the administrator invites Carol
    Then the administrator sees "has paired already"
    And Carol has 1 e-mail
