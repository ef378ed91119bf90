// Alerts of Azure Monitor: what the app itself has raised, and what it cannot raise because it is down.

@description('Name of the action group.')
@minLength(1)
@maxLength(260)
param actionGroupName string

@description('Name that mails and messages begin with.')
@minLength(1)
@maxLength(12)
param shortName string

@description('What alert rules are called, before the dash and their key.')
@minLength(1)
@maxLength(60)
param rulePrefix string

@description('Azure region of the log rules.')
param location string

@description('Tags of every resource.')
param tags object

@description('Mail addresses that alerts go to.')
param emails array

@description('Address that alerts are posted to; empty for none.')
@secure()
param webhookUrl string

@description('Id of the Application Insights component.')
@minLength(1)
param componentId string

@description('Id of the storage account.')
@minLength(1)
param storageId string

@description('Id of the app.')
@minLength(1)
param appId string

@description('How often the log rules look; a rule that looks more often costs more.')
@allowed([
  'PT5M'
  'PT10M'
  'PT15M'
  'PT30M'
  'PT1H'
])
param logFrequency string

@description('How long no canary may have run before that is an alert: longer than the pauses of the canary\'s schedule.')
@allowed([
  'PT1H'
  'PT2H'
  'PT3H'
  'PT4H'
  'PT6H'
  'P1D'
  'P2D'
])
param canarySilence string

@description('Failed requests and exceptions of the app in a look that are an alert.')
@minValue(1)
@maxValue(100000)
param errorThreshold int

@description('Answers 5xx of the app in 15 minutes that are an alert.')
@minValue(1)
@maxValue(100000)
param http5xxThreshold int

var metricRules = [
  {
    key: 'storage-unavailable'
    description: 'Storage answers less than 99 of 100 requests: nothing can be recorded or capped meanwhile.'
    severity: 1
    scope: storageId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
  }
  {
    key: 'app-5xx'
    description: 'The app answers requests with server errors; /api/health says what is wrong.'
    severity: 2
    scope: appId
    namespace: 'Microsoft.Web/sites'
    metric: 'Http5xx'
    aggregation: 'Total'
    operator: 'GreaterThanOrEqual'
    threshold: http5xxThreshold
  }
]

// A line may be ingested minutes after it was written: each look goes back over the one before.
var lookBack = {
  PT5M: 'PT10M'
  PT10M: 'PT30M'
  PT15M: 'PT30M'
  PT30M: 'PT1H'
  PT1H: 'PT2H'
}
var logRules = [
  {
    key: 'alert-raised'
    title: 'CostMonitor raised an alert'
    description: 'Budgets, rules, breakers and canaries: one for each rule and scope. docs/alerts.md'
    severity: 2
    window: lookBack[logFrequency]
    query: loadTextContent('../queries/alerts/alert-raised.kql')
    aggregation: 'Count'
    measure: null
    operator: 'GreaterThan'
    threshold: 0
    dimensions: [
      'rule'
      'scope'
      'severity'
    ]
  }
  {
    key: 'app-errors'
    title: 'CostMonitor fails'
    description: 'Invocations that failed and exceptions, by function.'
    severity: 2
    window: lookBack[logFrequency]
    query: loadTextContent('../queries/alerts/app-errors.kql')
    aggregation: 'Count'
    measure: null
    operator: 'GreaterThanOrEqual'
    threshold: errorThreshold
    dimensions: []
  }
  {
    key: 'no-canary'
    title: 'CostMonitor has no canary'
    description: 'No canary has run to its end for a while: the app is down, or its schedule or storage is wrong.'
    severity: 1
    window: canarySilence
    query: loadTextContent('../queries/alerts/no-canary.kql')
    aggregation: 'Total'
    measure: 'invocations'
    operator: 'LessThan'
    threshold: 1
    dimensions: []
  }
]

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'Global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: shortName
    emailReceivers: [
      for email in emails: {
        name: email
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
    webhookReceivers: empty(webhookUrl)
      ? []
      : [
          {
            name: 'webhook'
            serviceUri: webhookUrl
            useCommonAlertSchema: true
          }
        ]
  }
}

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in metricRules: {
    name: '${rulePrefix}-${rule.key}'
    location: 'global'
    tags: tags
    properties: {
      description: rule.description
      autoMitigate: true
      enabled: true
      evaluationFrequency: 'PT5M'
      scopes: [
        rule.scope
      ]
      severity: rule.severity
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.key
            metricName: rule.metric
            metricNamespace: rule.namespace
            operator: rule.operator
            skipMetricValidation: true
            threshold: rule.threshold
            timeAggregation: rule.aggregation
          }
        ]
      }
      actions: [
        {
          actionGroupId: actions.id
        }
      ]
    }
  }
]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in logRules: {
    name: '${rulePrefix}-${rule.key}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      description: rule.description
      displayName: rule.title
      autoMitigate: true
      enabled: true
      evaluationFrequency: logFrequency
      scopes: [
        componentId
      ]
      severity: rule.severity
      skipQueryValidation: true // its tables come into being with the first telemetry
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            dimensions: map(rule.dimensions, dimension => { name: dimension, operator: 'Include', values: ['*'] })
            failingPeriods: {
              minFailingPeriodsToAlert: 1
              numberOfEvaluationPeriods: 1
            }
            metricMeasureColumn: rule.measure
            operator: rule.operator
            query: rule.query
            threshold: rule.threshold
            timeAggregation: rule.aggregation
          }
        ]
      }
      actions: {
        actionGroups: [
          actions.id
        ]
      }
    }
  }
]

output actionGroupId string = actions.id
