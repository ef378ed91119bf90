// Optional: an Azure OpenAI account with deployments, called with the app's identity and no key.

@description('Name of the account, and the first part of its address.')
@minLength(2)
@maxLength(64)
param name string

@description('Azure region; not every model is offered in each.')
param location string

@description('Tags of every resource.')
param tags object

@description('Principal id of the app\'s identity, which may call the models.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Deployments: name (as models.json says), model, version, sku (GlobalStandard, DataZoneStandard, Standard ...) and capacity (thousands of tokens a minute).')
@minLength(1)
param deployments array

var openAiUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd' // Cognitive Services OpenAI User

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

// One after the other: an account refuses to change two deployments at once.
@batchSize(1)
resource modelDeployments 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = [
  for deployment in deployments: {
    parent: account
    name: deployment.name
    sku: {
      name: deployment.sku
      capacity: deployment.capacity
    }
    properties: {
      versionUpgradeOption: 'NoAutoUpgrade' // a canary compares like with like
      model: {
        format: 'OpenAI'
        name: deployment.model
        version: deployment.version
      }
    }
  }
]

resource callAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, principalId, openAiUser)
  properties: {
    description: 'The app calls the deployments of this account.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', openAiUser)
  }
}

output endpoint string = account.properties.endpoint
