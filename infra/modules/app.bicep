// The plan and the app: Flex Consumption, a custom handler, a user-assigned identity for everything.

@description('Name of the app, and the first part of its address.')
@minLength(2)
@maxLength(43)
param name string

@description('Name of the plan; it holds this one app.')
@minLength(1)
@maxLength(60)
param planName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The service\'s name in azure.yaml, by which azd finds the app.')
@minLength(1)
param serviceName string

@description('Resource id of the app\'s identity.')
@minLength(1)
param identityId string

@description('Client id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param identityClientId string

@description('Address of the container that holds the package.')
@minLength(1)
param packageContainerUrl string

@description('Address of the blob service.')
@minLength(1)
param blobEndpoint string

@description('Address of the queue service.')
@minLength(1)
param queueEndpoint string

@description('Address of the table service.')
@minLength(1)
param tableEndpoint string

@description('Connection string of Application Insights.')
@minLength(1)
param insightsConnectionString string

@description('The other app settings by name; one with an empty value is left out.')
param settings object

@description('Memory of an instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('The most instances that the app may scale out to.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances of the HTTP functions that are kept ready; each is paid for by the hour.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int

@description('Whether the plan spreads its instances over zones.')
param zoneRedundant bool

@description('Id of the subnet that the app\'s outgoing calls leave from; empty for none.')
param subnetId string

var hostSettings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__queueServiceUri: queueEndpoint
  AzureWebJobsStorage__tableServiceUri: tableEndpoint
}
var filledSettings = filter(items(union(settings, hostSettings)), setting => !empty(setting.value))

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    clientAffinityEnabled: false
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: 'Enabled'
    serverFarmId: plan.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0' // the catalogue's string: any other deploys and then never starts
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReadyHttp == 0
          ? []
          : [
              {
                name: 'http'
                instanceCount: alwaysReadyHttp
              }
            ]
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
    siteConfig: {
      appSettings: map(filledSettings, setting => { name: setting.key, value: setting.value })
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
    }
  }
}

// Packages are published with a token; nobody signs in with a password.
resource ftpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

output name string = app.name
output id string = app.id
output hostName string = app.properties.defaultHostName
