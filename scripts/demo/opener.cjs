/**
 * VS Code opens the walkthrough of an extension after an install from its marketplace only. The demo
 * installs nothing from there, so this stands in for it; Glassbox itself opens nothing by itself.
 */
const vscode = require('vscode');

exports.activate = async () => {
  // A window that comes back with its editors stays as it was left.
  if (vscode.window.tabGroups.all.some(group => group.tabs.length > 0)) return;
  const walkthrough = 'glassbox.glassbox#glassbox.start';
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
  // Else the first file that is opened takes its place.
  await vscode.commands.executeCommand('workbench.action.keepEditor');
};
