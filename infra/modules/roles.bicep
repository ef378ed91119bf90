// What the app's identity may do with storage and telemetry; the optional modules grant their own role.
// The app is deployed after these: it could not read its own package before.

@description('Principal id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param storageName string

@description('Name of the Application Insights component.')
@minLength(1)
@maxLength(260)
param componentName string

var storageRoles = {
  blobs: {
    role: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
    description: 'The host keeps locks, keys and the state of timers in blobs, and reads the package.'
  }
  queues: {
    role: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
    description: 'The host receives and deletes messages, the app sends them; a poison queue is made when it is needed.'
  }
  tables: {
    role: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
    description: 'Runs, batches, budgets, alerts and the cache are rows of tables.'
  }
}
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb' // Monitoring Metrics Publisher

resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource storageAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for assignment in items(storageRoles): {
    scope: storage
    name: guid(storage.id, principalId, assignment.value.role)
    properties: {
      description: assignment.value.description
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', assignment.value.role)
    }
  }
]

resource telemetryAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, principalId, metricsPublisher)
  properties: {
    description: 'Host and app send telemetry as this identity; the component takes no keys.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}
