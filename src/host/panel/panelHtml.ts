/** The page of the panel: it holds no text, only where its script and style are, under a strict CSP. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Only these files can be loaded by the page. */
export function webviewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** 128 random bits; a new one for every page. */
export function makeNonce(): string {
  return randomBytes(16).toString('hex');
}

/**
 * What the page may do: its own script by nonce, its own style, images and fonts; nothing from the
 * network, nothing inline. The style nonce is for the one sheet that the toolkit makes for itself.
 */
export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    // A blob is the page's own: a map as SVG, on its way to becoming a PNG.
    `img-src ${cspSource} blob:`,
    `font-src ${cspSource}`,
  ].join('; ');
}

export function panelHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = makeNonce();
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(webview.cspSource, nonce)}">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Glassbox</title>
    <link rel="stylesheet" href="${file('panel.css')}">
  </head>
  <body>
    <script nonce="${nonce}" src="${file('panel.js')}"></script>
  </body>
</html>
`;
}
