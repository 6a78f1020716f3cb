/** What the panel asks of the host, but for what PanelHost answers itself. */
import type { Channel, FromPanelEvents, NoRequests, ToPanelEvents } from '../../protocol';

export type PanelChannel = Channel<NoRequests, NoRequests, ToPanelEvents, FromPanelEvents>;

export type PanelHandlers = {
  readonly [Name in Exclude<keyof FromPanelEvents, 'ready' | 'tab'>]: (
    body: FromPanelEvents[Name],
  ) => void;
};

/** Hands over what comes through the channel. */
export function listenTo(channel: PanelChannel, handlers: PanelHandlers): void {
  channel.on('choose', handlers.choose);
  channel.on('hover', handlers.hover);
  channel.on('reveal', handlers.reveal);
  channel.on('cancel', handlers.cancel);
  channel.on('copyJson', handlers.copyJson);
  channel.on('savePicture', handlers.savePicture);
  channel.on('attackAgain', handlers.attackAgain);
  channel.on('attackStep', handlers.attackStep);
  channel.on('attackCopy', handlers.attackCopy);
  channel.on('attackAppend', handlers.attackAppend);
  channel.on('influenceAgain', handlers.influenceAgain);
  channel.on('influenceTrain', handlers.influenceTrain);
  channel.on('influenceReveal', handlers.influenceReveal);
  channel.on('influenceExplain', handlers.influenceExplain);
  channel.on('influenceSaliency', handlers.influenceSaliency);
  channel.on('influenceCopy', handlers.influenceCopy);
  channel.on('influenceSave', handlers.influenceSave);
  channel.on('suspiciousAgain', handlers.suspiciousAgain);
  channel.on('suspiciousTrain', handlers.suspiciousTrain);
  channel.on('suspiciousReveal', handlers.suspiciousReveal);
  channel.on('suspiciousExplain', handlers.suspiciousExplain);
  channel.on('suspiciousProblems', handlers.suspiciousProblems);
  channel.on('suspiciousCopy', handlers.suspiciousCopy);
  channel.on('suspiciousSave', handlers.suspiciousSave);
  channel.on('rewrite', handlers.rewrite);
  channel.on('pin', handlers.pin);
  channel.on('unpin', handlers.unpin);
  channel.on('rewriteAppend', handlers.rewriteAppend);
  channel.on('linesReveal', handlers.linesReveal);
  channel.on('linesOpen', handlers.linesOpen);
  channel.on('linesResume', handlers.linesResume);
  channel.on('linesShowFile', handlers.linesShowFile);
  channel.on('selectModel', handlers.selectModel);
  channel.on('showLog', handlers.showLog);
}
