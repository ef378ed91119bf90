// The outer safety net: Azure's own budget over the resource group. It only tells, hours late; the app's budgets are what stops calls.

@description('Name of the budget.')
@minLength(1)
@maxLength(63)
param name string

@description('US dollars, or the currency of the subscription, a month.')
@minValue(1)
@maxValue(10000000)
param amount int

@description('First day of a month, as 2026-12-01: not more than about three months back, and the same at every deployment.')
@minLength(10)
@maxLength(10)
param startDate string

@description('Mail addresses that hear of it.')
@minLength(1)
@maxLength(50)
param emails array

@description('Id of an action group that hears of it too; empty for none.')
param actionGroupId string

var contactGroups = empty(actionGroupId) ? [] : [actionGroupId]

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    amount: amount
    category: 'Cost'
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      actual80: {
        enabled: true
        contactEmails: emails
        contactGroups: contactGroups
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
      }
      actual100: {
        enabled: true
        contactEmails: emails
        contactGroups: contactGroups
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Actual'
      }
      forecasted100: {
        enabled: true
        contactEmails: emails
        contactGroups: contactGroups
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
      }
    }
  }
}
