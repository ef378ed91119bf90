// CostMonitor on Azure: a Flex Consumption app, its storage, identity, telemetry and alerts, in one resource group.
// Names are {prefix}-{kind}-{suffix}: infra/README.md. What each parameter costs: docs/cost.md.

targetScope = 'resourceGroup'

@description('Name of the environment, such as dev or production; azd gives its own. It is a part of the names\' suffix.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region; Flex Consumption must be offered there.')
@minLength(1)
param location string = resourceGroup().location

@description('What every name begins with: lower-case letters and digits.')
@minLength(2)
@maxLength(12)
param prefix string = 'costmon'

@description('Further tags of every resource.')
param tags object = {}

@description('When the canary runs, six NCrontab fields in UTC (second minute hour day month weekday).')
@minLength(11)
param canarySchedule string = '0 0 * * * *'

@description('When Azure\'s price list is read, six NCrontab fields in UTC.')
@minLength(11)
param priceSchedule string = '0 0 6 * * 1'

@description('The canary\'s plan: a file in the package.')
@minLength(1)
param canaryPlan string = 'samples/canary.json'

@description('The models that can be called: a file in the package.')
@minLength(1)
param modelsFile string = 'samples/azure-models.json'

@description('The budgets: a file in the package.')
@minLength(1)
param budgetsFile string = 'samples/budgets.json'

@description('Alert rules over the built-in ones: a file in the package; empty for none.')
param alertRulesFile string = ''

@description('Where alerts go besides Azure Monitor: a file in the package; empty for nowhere.')
param alertSinksFile string = ''

@description('Whether a test alert is sent once a week, so that a dead sink is seen.')
@allowed([
  'weekly'
  'off'
])
param alertProof string = 'weekly'

@description('Where alerts link to; empty for no link.')
param dashboardUrl string = ''

@description('A folder of price files in the package, each instead of the built-in one of its provider; empty for none.')
param pricesFolder string = ''

@description('Discounts over the list prices: a file in the package; empty for none.')
param priceOverlay string = ''

@description('The most calls that batches have open at once in one instance.')
@minValue(1)
@maxValue(1000)
param callsInFlight int = 64

@description('How long a dead worker keeps a chunk of a batch: 00:00:01 to 00:10:00.')
@minLength(8)
@maxLength(8)
param claimLease string = '00:00:30'

@description('Lever of an emergency: only cached answers are given, no model is called.')
param cachedOnly bool = false

@description('Lever of an emergency: the most output tokens of a call; 0 for no limit of its own.')
@minValue(0)
@maxValue(1000000)
param maxOutputTokens int = 0

@description('Lever of an emergency: cached answers live this many times as long, 1 to 1000, as a decimal.')
@minLength(1)
param cacheTtlFactor string = '1'

@description('Where spans and metrics are sent by OTLP; empty for nowhere. Its keys belong into vaultSettings, as OTEL_EXPORTER_OTLP_HEADERS.')
param otlpEndpoint string = ''

@description('How they are sent.')
@allowed([
  'http/protobuf'
  'grpc'
])
param otlpProtocol string = 'http/protobuf'

@description('Name that the app\'s own telemetry carries.')
@minLength(1)
param serviceName string = 'costmonitor'

@description('Further app settings by name; names without a colon, and nothing secret.')
param extraSettings object = {}

@description('App settings whose values are secrets: the setting\'s name, and its name in the key vault (deployKeyVault), as in { OPENAI_API_KEY: \'openai-api-key\' }.')
param vaultSettings object = {}

@description('Memory of an instance in MB. Executions are paid for by memory and second.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('The most instances that the app may scale out to.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances of the API that are kept ready; each is paid for by the hour.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('Whether instances are spread over zones; storage should be ZRS then.')
param zoneRedundant bool = false

@description('Redundancy of storage.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageSku string = 'Standard_LRS'

@description('Days that deleted or overwritten blobs can be brought back.')
@minValue(1)
@maxValue(365)
param deletedBlobDays int = 7

@description('Days that telemetry is kept.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('Gigabytes of telemetry a day after which ingestion stops until the next day, as a decimal; -1 for no cap.')
@minLength(1)
param dailyCapGb string = '0.5'

@description('Whether alert rules are made. They cost some dollars a month; the app sends its own alerts without them.')
param deployAlerts bool = true

@description('Mail addresses that alerts and the Azure budget go to.')
param alertEmails array = []

@description('Address that Azure\'s alerts are posted to; empty for none.')
@secure()
param alertWebhookUrl string = ''

@description('How often the log rules look; a rule that looks more often costs more.')
@allowed([
  'PT5M'
  'PT10M'
  'PT15M'
  'PT30M'
  'PT1H'
])
param alertFrequency string = 'PT15M'

@description('How long no canary may have run before that is an alert: longer than the pauses of canarySchedule.')
@allowed([
  'PT1H'
  'PT2H'
  'PT3H'
  'PT4H'
  'PT6H'
  'P1D'
  'P2D'
])
param canarySilence string = 'PT3H'

@description('Failed invocations and exceptions in one look that are an alert.')
@minValue(1)
@maxValue(100000)
param errorThreshold int = 5

@description('Answers 5xx in 15 minutes that are an alert.')
@minValue(1)
@maxValue(100000)
param http5xxThreshold int = 5

@description('The Azure budget of the resource group, in the subscription\'s currency a month; 0 for none. It needs alertEmails.')
@minValue(0)
@maxValue(10000000)
param azureBudget int = 0

@description('First day of a month from which the Azure budget counts, as 2026-12-01; keep it when deploying again.')
@minLength(10)
@maxLength(10)
param azureBudgetStart string = '2026-12-01'

@description('Whether a key vault is made for the keys that vaultSettings names.')
param deployKeyVault bool = false

@description('Days that a deleted vault or secret can be brought back.')
@minValue(7)
@maxValue(90)
param keyVaultSoftDeleteDays int = 7

@description('Whether an Azure OpenAI account is made.')
param deployOpenAi bool = false

@description('Region of the Azure OpenAI account; not every model is offered in each.')
@minLength(1)
param openAiLocation string = location

@description('Its deployments: name (as models.json says), model, version, sku and capacity in thousands of tokens a minute. Each is paid for by the token.')
param openAiDeployments array = [
  {
    name: 'gpt-5-mini'
    model: 'gpt-5-mini'
    version: '2025-08-07'
    sku: 'GlobalStandard'
    capacity: 50
  }
]

@description('Address of an Azure OpenAI account that is there already; empty for none. The app\'s identity needs the role Cognitive Services OpenAI User on it.')
param openAiEndpoint string = ''

@description('Whether storage is reached through a virtual network and private endpoints only.')
param privateNetwork bool = false

@description('Addresses of the virtual network, at least a /24.')
@minLength(9)
param addressPrefix string = '10.80.0.0/24'

var suffix = take(uniqueString(resourceGroup().id, environmentName), 8)
var names = {
  actionGroup: '${prefix}-ag-${suffix}'
  alert: '${prefix}-alert-${suffix}'
  app: '${prefix}-func-${suffix}'
  budget: '${prefix}-budget-${suffix}'
  component: '${prefix}-appi-${suffix}'
  endpoint: '${prefix}-pe-${suffix}'
  identity: '${prefix}-id-${suffix}'
  keyVault: '${prefix}-kv-${suffix}'
  network: '${prefix}-vnet-${suffix}'
  openAi: '${prefix}-oai-${suffix}'
  plan: '${prefix}-plan-${suffix}'
  storage: '${prefix}st${suffix}'
  workspace: '${prefix}-log-${suffix}'
}
var allTags = union(tags, {
  application: 'costmonitor'
  'azd-env-name': environmentName
})
var vaultUri = 'https://${names.keyVault}${environment().suffixes.keyvaultDns}'
var vaultReferences = toObject(
  items(vaultSettings),
  setting => setting.key,
  setting => '@Microsoft.KeyVault(SecretUri=${vaultUri}/secrets/${setting.value})'
)
var settings = {
  AlertProof: alertProof
  AlertRulesFile: alertRulesFile
  AlertSinksFile: alertSinksFile
  AZURE_OPENAI_ENDPOINT: deployOpenAi ? openAi!.outputs.endpoint : openAiEndpoint
  BudgetsFile: budgetsFile
  CachedOnly: string(cachedOnly)
  CacheTtlFactor: cacheTtlFactor
  CallsInFlight: string(callsInFlight)
  CanaryPlan: canaryPlan
  CanarySchedule: canarySchedule
  ClaimLease: claimLease
  DashboardUrl: dashboardUrl
  MaxOutputTokens: maxOutputTokens == 0 ? '' : string(maxOutputTokens)
  ModelsFile: modelsFile
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
  OTEL_EXPORTER_OTLP_PROTOCOL: empty(otlpEndpoint) ? '' : otlpProtocol
  OTEL_SERVICE_NAME: serviceName
  PriceOverlay: priceOverlay
  PriceSchedule: priceSchedule
  PricesFolder: pricesFolder
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: names.identity
    location: location
    tags: allTags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: names.storage
    location: location
    tags: allTags
    sku: storageSku
    allowPublicAccess: !privateNetwork
    deletedBlobDays: deletedBlobDays
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: names.workspace
    componentName: names.component
    location: location
    tags: allTags
    retentionDays: retentionDays
    dailyCapGb: dailyCapGb
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageName: names.storage
    componentName: names.component
  }
  dependsOn: [
    storage
    monitoring
  ]
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: names.network
    location: location
    tags: allTags
    addressPrefix: addressPrefix
    storageId: storage.outputs.id
    endpointPrefix: names.endpoint
  }
}

module keyVault 'modules/keyvault.bicep' = if (deployKeyVault) {
  name: 'keyvault'
  params: {
    name: names.keyVault
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
    softDeleteDays: keyVaultSoftDeleteDays
  }
}

module openAi 'modules/openai.bicep' = if (deployOpenAi) {
  name: 'openai'
  params: {
    name: names.openAi
    location: openAiLocation
    tags: allTags
    principalId: identity.outputs.principalId
    deployments: openAiDeployments
  }
}

// After the roles: it could not read its package, its keys or its secrets before.
module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: names.app
    planName: names.plan
    location: location
    tags: allTags
    serviceName: 'app'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    packageContainerUrl: storage.outputs.packageContainerUrl
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    insightsConnectionString: monitoring.outputs.connectionString
    settings: union(extraSettings, settings, vaultReferences)
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    zoneRedundant: zoneRedundant
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
  }
  dependsOn: [
    roles
    keyVault
  ]
}

module workbooks 'modules/workbooks.bicep' = {
  name: 'workbooks'
  params: {
    componentId: monitoring.outputs.componentId
    location: location
    tags: allTags
  }
}

module alerts 'modules/alerts.bicep' = if (deployAlerts) {
  name: 'alerts'
  params: {
    actionGroupName: names.actionGroup
    shortName: prefix
    rulePrefix: names.alert
    location: location
    tags: allTags
    emails: alertEmails
    webhookUrl: alertWebhookUrl
    componentId: monitoring.outputs.componentId
    storageId: storage.outputs.id
    appId: app.outputs.id
    logFrequency: alertFrequency
    canarySilence: canarySilence
    errorThreshold: errorThreshold
    http5xxThreshold: http5xxThreshold
  }
}

module budget 'modules/budget.bicep' = if (azureBudget > 0 && !empty(alertEmails)) {
  name: 'budget'
  params: {
    name: names.budget
    amount: azureBudget
    startDate: azureBudgetStart
    emails: alertEmails
    actionGroupId: deployAlerts ? alerts!.outputs.actionGroupId : ''
  }
}

output resourceGroupName string = resourceGroup().name
output appName string = app.outputs.name
output hostName string = app.outputs.hostName
output identityClientId string = identity.outputs.clientId
output storageName string = storage.outputs.name
output componentId string = monitoring.outputs.componentId
output keyVaultUri string = deployKeyVault ? keyVault!.outputs.uri : ''
output workbookLinks array = workbooks.outputs.links
