@guide:logging-in-to-azure-protected-content
Feature: A sign-in that is refused says why
  Whoever may not come in is told so in Microsoft's words and with the code, which an administrator finds in the log of
  sign-ins.

  Background:
    Given the lab "developer"
    And Carol is signed in to Windows
    And Carol has opened "https://www.office.com/" in Chrome

  Rule: A name that nobody has
    Scenario: The page says so before it asks for a password
      When Carol types "nobody@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      Then Carol sees "This username may be incorrect" in Chrome
      And Carol sees "Error code: 50034" in Chrome
      And the last sign-in of "nobody@highlands_azure.com" is in Entra's log with AADSTS50034 at "OfficeHome"

  Rule: An account that may not sign in
    Scenario Outline: <why>
      When Carol types "<name>@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      And Carol types "<password>" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "<words>" in Chrome

      Examples:
        | why                               | name       | password        | words                            |
        | A suspended account               | eve.adams  | Bracken-23-Moor | Error code: 50057                |
        | A password that has to be changed | frank.reid | Juniper-31-Ben  | You need to update your password |

  Rule: Conditional Access
    Scenario Outline: <control> is missing
      Given Conditional Access asks Carol for "<control>"
      When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      And Carol types "Heather-42-Loch" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "You cannot access this right now" in Chrome
      And Carol sees "Error code: <code>" in Chrome
      And the last sign-in of "carol.shaw@highlands_azure.com" is in Entra's log with AADSTS<code> at "OfficeHome"

      Examples:
        | control              | code  |
        | compliantDevice      | 53000 |
        | domainJoinedDevice   | 53001 |
        | approvedApplication  | 53002 |
        | compliantApplication | 53009 |
        | passwordChange       | 50142 |

  Rule: Too many wrong passwords lock the account for a minute
    Background:
      Given Carol has mistaken the password 10 times in Chrome

    Scenario: Then the right one does not help
      When Carol types "Heather-42-Loch" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "Your account is temporarily locked" in Chrome
      And Carol sees "Error code: 50053" in Chrome
      And the last sign-in of "carol.shaw@highlands_azure.com" is in Entra's log with AADSTS50053 at "OfficeHome"

    Scenario: A minute later it does
      When 1 minute passes
      And Carol types "Heather-42-Loch" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "Stay signed in?" in Chrome

  Rule: A Temporary Access Pass stands for password and second factor
    Scenario: The page asks for it first
      Given Carol has a Temporary Access Pass
      When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      Then Carol sees "Enter Temporary Access Pass" in Chrome

    Scenario: Another pass is refused
      Given Carol has a Temporary Access Pass
      When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      And Carol types "not the pass" as "Temporary Access Pass" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "Your Temporary Access Pass is incorrect" in Chrome
      And Carol sees "Error code: 130503" in Chrome
      And the last sign-in of "carol.shaw@highlands_azure.com" is in Entra's log with AADSTS130503 at "OfficeHome"
