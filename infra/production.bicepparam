// Production: alerts, a budget, keys of other providers in a key vault, storage in three zones. Put in your own addresses first.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'production')
param tags = {
  owner: 'platform-team'
}
param instanceMemoryMB = 2048
param maximumInstanceCount = 100
param storageSku = 'Standard_ZRS'
param deletedBlobDays = 30
param retentionDays = 90
param dailyCapGb = '2'
param alertEmails = [
  'platform-team@example.com'
]
param alertFrequency = 'PT15M'
param azureBudget = 200
param azureBudgetStart = readEnvironmentVariable('AZURE_BUDGET_START', '2026-12-01')
param deployKeyVault = true
param keyVaultSoftDeleteDays = 90
param vaultSettings = {
  OPENAI_API_KEY: 'openai-api-key'
  ANTHROPIC_API_KEY: 'anthropic-api-key'
}
