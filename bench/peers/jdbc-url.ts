/** The same database for Java. A folder in `host` is that of a Unix socket, for which Java's driver needs a helper. */
export function jdbcUrl(databaseUrl: string): string {
	const { hostname, port, pathname, username, password, searchParams } = new URL(databaseUrl);
	const socketFolder = searchParams.get('host');
	const database = pathname.slice(1);
	const login = { user: decodeURIComponent(username), ...(password && { password: decodeURIComponent(password) }) };
	if (socketFolder === null) {
		const ssl = searchParams.get('sslmode');
		const parameters = new URLSearchParams({ ...login, ...(ssl && { sslmode: ssl }) });
		return `jdbc:postgresql://${hostname}:${port || 5432}/${database}?${parameters}`;
	}
	const parameters = new URLSearchParams({
		...login,
		sslmode: 'disable',
		socketFactory: 'org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg',
		socketFactoryArg: `${socketFolder}/.s.PGSQL.${port || 5432}`,
	});
	return `jdbc:postgresql://localhost/${database}?${parameters}`;
}
