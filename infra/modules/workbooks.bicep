// The workbooks, which the portal shows beside the component that they read. Their files are made from infra/queries.

@description('Id of the Application Insights component that the workbooks read.')
@minLength(1)
param componentId string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

var workbookFiles = [
  {
    key: 'spend'
    title: 'CostMonitor: spend'
    content: loadJsonContent('../workbooks/spend.workbook.json')
  }
  {
    key: 'latency'
    title: 'CostMonitor: latency and reliability'
    content: loadJsonContent('../workbooks/latency.workbook.json')
  }
  {
    key: 'quality'
    title: 'CostMonitor: quality'
    content: loadJsonContent('../workbooks/quality.workbook.json')
  }
  {
    key: 'operations'
    title: 'CostMonitor: operations'
    content: loadJsonContent('../workbooks/operations.workbook.json')
  }
]

resource workbooks 'Microsoft.Insights/workbooks@2022-04-01' = [
  for workbook in workbookFiles: {
    name: guid(resourceGroup().id, 'costmonitor-workbook', workbook.key)
    location: location
    tags: tags
    kind: 'shared'
    properties: {
      category: 'workbook'
      displayName: workbook.title
      serializedData: string(union(workbook.content, { fallbackResourceIds: [componentId] }))
      sourceId: componentId
      version: 'Notebook/1.0'
    }
  }
]

output links array = [
  for (workbook, i) in workbookFiles: {
    title: workbook.title
    url: '${environment().portal}/#resource${workbooks[i].id}/workbook'
  }
]
