// Development: as cheap as it gets. azd sets AZURE_ENV_NAME; without azd the environment is called dev.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param instanceMemoryMB = 512
param dailyCapGb = '0.1'
param deployAlerts = false
