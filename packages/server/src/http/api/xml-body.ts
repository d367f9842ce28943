import { isUtf8 } from 'node:buffer';
import { MalformedBody } from '../body-parser.ts';
import type { NativeHttp } from './native-http.ts';

/** Above what a model may have, so that it is the model's own check that says what is wrong with it. */
const XML_LIMIT_BYTES = 4 * 1024 * 1024;

/** From here on bodies are XML in UTF-8, and handed on as text. */
export function readBodiesAsXml(http: NativeHttp): void {
	http.removeAllContentTypeParsers();
	http.addContentTypeParser<Buffer>(
		['application/xml', 'text/xml'],
		{ parseAs: 'buffer', bodyLimit: XML_LIMIT_BYTES },
		(_request, bytes, done) => {
			if (!isUtf8(bytes)) done(new MalformedBody('The body is not UTF-8.'));
			else if (bytes.includes(0)) done(new MalformedBody('The body contains U+0000.'));
			else done(null, bytes.toString('utf8').replace(/^\uFEFF/, ''));
		},
	);
	http.addHook('preValidation', async (request) => {
		request.body ??= '';
	});
}
