/** The wire between the host and a webview. */
import type * as vscode from 'vscode';
import type { Port } from '../../protocol';

export function panelPort(webview: vscode.Webview): Port {
  return {
    send: envelope => {
      // A page that is hidden gets nothing; it asks for everything with 'ready' when it is back.
      void webview.postMessage(envelope);
    },
    listen: listener => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => {
        subscription.dispose();
      };
    },
  };
}
