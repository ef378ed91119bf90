// Where telemetry goes. Local authentication is off: who sends needs a role, so the connection string is no secret.

@description('Name of the Log Analytics workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Name of the Application Insights component.')
@minLength(1)
@maxLength(260)
param componentName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Days that telemetry is kept; the first 31 are included in the price of ingestion.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Gigabytes a day after which ingestion stops until the next day, as a decimal such as 0.5; -1 for no cap.')
@minLength(1)
param dailyCapGb string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    retentionInDays: retentionDays
    sku: {
      name: 'PerGB2018'
    }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    workspaceCapping: {
      dailyQuotaGb: json(dailyCapGb) // typed int, but fractions are allowed, and Bicep has no literal for them
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    RetentionInDays: retentionDays
    WorkspaceResourceId: workspace.id
  }
}

output componentId string = component.id
output connectionString string = component.properties.ConnectionString
